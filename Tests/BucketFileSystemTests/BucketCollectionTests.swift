// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem

@Suite("Several buckets as one file system, on a real server") struct BucketCollectionTests {
  private let fixtures: [FileSystemFixture]
  private let files: BucketCollection
  private let caller = Caller(uid: 0, gid: 0, pid: getpid())

  init() throws {
    fixtures = try [FileSystemFixture(inodeSpace: 1), FileSystemFixture(inodeSpace: 2)]
    let names = try ["app", "media"].map { try #require(Name($0)) }
    files = BucketCollection(
      buckets: zip(names, fixtures).map { ($0, $1.files) }, uid: 7, gid: 8)
  }

  private func name(_ text: String) throws -> Name { try #require(Name(text)) }

  private func entries(_ directory: InodeID) throws -> [String: InodeID] {
    let handle = try files.opendir(directory, caller: caller)
    defer { files.releasedir(directory, handle) }
    var entries: [String: InodeID] = [:]
    try files.readdir(directory, handle, from: 0, plus: false) { entry in
      entries[entry.name] = entry.inode
      return true
    }
    return entries
  }

  private func make(_ parent: InodeID, _ text: String, _ bytes: String) throws -> InodeID {
    let flags = OpenFlags(rawValue: O_WRONLY | O_CREAT)
    let (entry, opened) = try files.create(parent, name(text), permissions: 0o644, flags: flags, caller: caller)
    let inode = entry.attributes.inode
    _ = try Array(bytes.utf8).withUnsafeBytes { try files.write(inode, opened.handle, at: 0, $0) }
    try files.flush(inode, opened.handle, caller: caller)
    files.release(inode, opened.handle)
    return inode
  }

  private func read(_ inode: InodeID) throws -> String {
    let opened = try files.open(inode, flags: OpenFlags(rawValue: O_RDONLY), caller: caller)
    defer { files.release(inode, opened.handle) }
    let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 4_096)
    defer { scratch.deallocate() }
    switch try files.read(inode, opened.handle, at: 0, length: 4_096, scratch: scratch) {
    case .scratch(let count): return String(decoding: scratch[..<count], as: UTF8.self)
    case .pieces(let pieces): return pieces.map { String(decoding: $0.bytes, as: UTF8.self) }.joined()
    }
  }

  @Test("Each bucket is a directory, with numbers that no other has")
  func directories() async throws {
    try await BlockingWork.run { [self] in
      let root = try entries(.root)
      #expect(root.keys.sorted() == [".", "..", "app", "media"])
      let (app, media) = (try #require(root["app"]), try #require(root["media"]))
      #expect(try files.lookup(.root, name("app"), caller: caller).attributes.inode == app)
      #expect(try files.getattr(app, handle: nil).attributes.inode == app)
      #expect(app != media && app != .root)
      let made = try files.mkdir(app, name("d"), permissions: 0o755, caller: caller).attributes.inode
      _ = try files.mkdir(media, name("d"), permissions: 0o755, caller: caller)
      #expect(try entries(app)["d"] == made)
      #expect(try entries(app)[".."] == .root)
      #expect(try entries(app)["."] == app)
      #expect(try entries(made)[".."] == app)
      #expect(try entries(media)["d"] != made)
    }
  }

  @Test("Files are their bucket's")
  func contents() async throws {
    try await BlockingWork.run { [self] in
      let root = try entries(.root)
      for (place, bucket) in ["app", "media"].enumerated() {
        let inode = try make(try #require(root[bucket]), "file", "of \(bucket)")
        #expect(try read(inode) == "of \(bucket)")
        let body = try fixtures[place].other.get(fixtures[place].bucket, "file")
        #expect(String(decoding: body, as: UTF8.self) == "of \(bucket)")
      }
    }
  }

  @Test("A rename from one to another is EXDEV, and the root stays as it is")
  func refusals() async throws {
    try await BlockingWork.run { [self] in
      let root = try entries(.root)
      let (app, media) = (try #require(root["app"]), try #require(root["media"]))
      _ = try make(app, "file", "bytes")
      #expect(throws: Errno(EXDEV)) {
        try files.rename(app, name("file"), to: media, name("file"), flags: [], caller: caller)
      }
      try files.rename(app, name("file"), to: app, name("other"), flags: [], caller: caller)
      #expect(throws: Errno.EACCES) { try make(.root, "file", "") }
      #expect(throws: Errno.EACCES) { try files.rmdir(.root, name("app"), caller: caller) }
      #expect(throws: Errno.EACCES) { try files.mkdir(.root, name("new"), permissions: 0o755, caller: caller) }
      #expect(throws: Errno.EACCES) {
        try files.rename(.root, name("app"), to: .root, name("b"), flags: [], caller: caller)
      }
      #expect(throws: Errno.ENOENT) { try files.lookup(.root, name("new"), caller: caller) }
      #expect(try files.getattr(.root, handle: nil).attributes.permissions == 0o555)
    }
  }
}
