// SPDX-License-Identifier: Apache-2.0

import S3Client
import Testing
import VFS

@testable import BucketFileSystem

@Suite("Node tree") struct NodeTreeTests {
  private let configuration = BucketFileSystemConfiguration()
  private let tree: NodeTree

  init() {
    tree = NodeTree(
      root: Node(inode: .root, kind: .directory, state: .defaults(.directory, configuration, modified: .now)),
      prefix: "pre/")
  }

  private func add(_ parent: InodeID, _ name: String, _ kind: FileKind = .regular) throws -> Node {
    try tree.insert(parent, #require(Name(name)), kind) { .defaults(kind, configuration, modified: .now) }.node
  }

  @Test func keysFollowThePlaces() throws {
    let directory = try add(.root, "d", .directory)
    let file = try add(directory.inode, "f")
    #expect(try tree.key(.root) == ObjectKey("pre/"))
    #expect(try tree.key(directory.inode) == ObjectKey("pre/d/"))
    #expect(try tree.key(file.inode) == ObjectKey("pre/d/f"))
    let name = try #require(Name("g"))
    tree.move(directory, to: .root, name)
    #expect(try tree.key(file.inode) == ObjectKey("pre/g/f"))
  }

  /// SEMANTICS: odd-names
  @Test func twinsInBytesAreTwoNames() throws {
    let composed = try add(.root, "\u{e9}")
    let decomposed = try add(.root, "e\u{301}")
    #expect(composed !== decomposed)
  }

  @Test func aKeyHasAtMost8192Bytes() throws {
    var parent = InodeID.root
    for _ in 0..<32 { parent = try add(parent, String(repeating: "x", count: 254), .directory).inode }
    // "pre/" and 32 times 254 with their slashes are 8,164 bytes.
    let longest = String(repeating: "y", count: 28)
    #expect(try tree.key(parent, #require(Name(longest)), isDirectory: false).string.utf8.count == 8_192)
    #expect(throws: Errno.ENAMETOOLONG) { try tree.key(parent, #require(Name(longest + "y")), isDirectory: false) }
  }

  @Test func aNodeLivesAsLongAsItIsCounted() throws {
    let directory = try add(.root, "d", .directory)
    let file = try add(directory.inode, "f")
    tree.countLookup(directory.inode)
    tree.countLookup(file.inode)
    tree.pin(file.inode)
    tree.forget(file.inode, 1)
    tree.forget(directory.inode, 1)
    #expect(tree.count == 3)
    tree.unpin(file.inode)
    #expect(tree.count == 1)
    #expect(throws: Errno.ESTALE) { try tree.node(file.inode) }
  }

  @Test func aRemovedNodeHasNoKeyButStays() throws {
    let file = try add(.root, "f")
    tree.countLookup(file.inode)
    tree.remove(file)
    #expect(throws: Errno.ENOENT) { try tree.key(file.inode) }
    #expect(try tree.node(file.inode) === file)
    #expect(file.attributes.linkCount == 0)
    let again = try add(.root, "f")
    #expect(again !== file)
    tree.forget(file.inode, 1)
    #expect(tree.count == 2)
  }

  @Test func moveTakesThePlaceOfWhatWasThere() throws {
    let one = try add(.root, "one")
    let two = try add(.root, "two")
    tree.countLookup(one.inode)
    tree.countLookup(two.inode)
    let name = try #require(Name("two"))
    tree.move(one, to: .root, name)
    #expect(tree.child(.root, name) === one)
    #expect(two.attributes.linkCount == 0)
    #expect(tree.children(.root).count == 1)
  }

  @Test func aNodeThatIsKeptOutlivesTheKernelsInterest() throws {
    let directory = try add(.root, "d", .directory)
    tree.keep(directory.inode)
    tree.keep(directory.inode)
    tree.countLookup(directory.inode)
    tree.forget(directory.inode, 1)
    #expect(try tree.node(directory.inode) === directory)
    tree.remove(directory)
    #expect(tree.count == 1)
    let first = try add(.root, "first", .directory)
    tree.keep(first.inode)
    for number in 0..<10_000 { tree.keep(try add(.root, "later \(number)", .directory).inode) }
    #expect(throws: Errno.ESTALE) { try tree.node(first.inode) }
    #expect(tree.count == 10_001)
  }

  @Test func aNumberIsThatOfTheName() throws {
    let name = try #require(Name("f"))
    let expected = tree.number(of: name, in: .root)
    let file = try add(.root, "f")
    #expect(file.inode == expected && tree.number(of: name, in: .root) == expected)
    let newName = try #require(Name("g"))
    tree.move(file, to: .root, newName)
    tree.countLookup(file.inode)
    tree.forget(file.inode, 1)
    #expect(tree.count == 1)
    #expect(try add(.root, "g").inode == expected)
    #expect(try add(.root, "f").inode != expected)
  }

  @Test func anotherKindIsAnotherNode() throws {
    let file = try add(.root, "x")
    tree.countLookup(file.inode)
    let directory = try add(.root, "x", .directory)
    #expect(file !== directory && file.attributes.linkCount == 0)
  }

  @Test func insideness() throws {
    let outer = try add(.root, "a", .directory)
    let inner = try add(outer.inode, "b", .directory)
    #expect(tree.isInside(inner.inode, outer.inode))
    #expect(tree.isInside(outer.inode, outer.inode))
    #expect(!tree.isInside(outer.inode, inner.inode))
  }
}
