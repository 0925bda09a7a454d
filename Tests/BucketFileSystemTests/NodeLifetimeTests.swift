// SPDX-License-Identifier: Apache-2.0

import Locking
import Testing
import VFS

@testable import BucketFileSystem

@Suite("Node lifetime") struct NodeLifetimeTests {
  private let tree: NodeTree

  init() {
    let root = Node(
      inode: .root, kind: .directory,
      state: .defaults(.directory, BucketFileSystemConfiguration(), modified: Timestamp(seconds: 0)))
    tree = NodeTree(root: root, prefix: "")
  }

  private func insert(_ name: String) throws -> Node {
    try tree.insert(.root, #require(Name(name)), .regular) {
      .defaults(.regular, BucketFileSystemConfiguration(), modified: Timestamp(seconds: 0))
    }.node
  }

  @Test func nobodyIsToldOfANodeThatAForgetHasTaken() throws {
    let file = try insert("f")
    #expect(tree.countLookup(file.inode))
    tree.forget(file.inode, 1)
    #expect(!tree.countLookup(file.inode))
    #expect(tree.count == 1)
  }

  @Test func aNodeThatNobodyWasToldOfGoes() throws {
    let file = try insert("f")
    tree.forget(file.inode, 0)
    #expect(tree.count == 1)
  }

  @Test func anAnswerThatWasAskedForBeforeALocalChangeIsOlder() throws {
    let file = try insert("f")
    let state = file.state.withLock { state in
      state.confirmedAt = 10
      return state
    }
    #expect(!state.isYounger(than: 10) && !state.isYounger(than: 11) && state.isYounger(than: 9))
    var pending = state
    pending.hasPendingAttributes = true
    #expect(pending.isYounger(than: 11))
  }

  @Test func aWriteDuringAnUploadIsNoted() throws {
    let open = OpenFile(node: try insert("f"), flags: OpenFlags(rawValue: 1), openerProcess: 1)
    open.noteChange(wroteBytes: true)
    #expect(open.takeChange())
    #expect(!open.isChanged)
    open.noteChange(wroteBytes: true)
    #expect(open.isChanged)
  }
}
