// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import TestSupport
import Testing
import VFS
import WriteBackCache

@testable import BucketFileSystem

@Suite("Giving up what is not in the bucket, on a real server") struct CancelTests {
  private let fixture: FileSystemFixture
  private var files: BucketFileSystem { fixture.files }

  init() throws { fixture = try FileSystemFixture() }

  /// What is written to a file whose copy is just given up would be acknowledged and never published.
  @Test func nobodyOpensAFileThatIsJustGivenUp() async throws {
    let inode = try await BlockingWork.run { [self] in
      let file = try fixture.create(.root, "name")
      try fixture.write("text", file)
      fixture.gate.set { $0.kind == "PUT" ? .answer(503, body: FaultyTransport.error("SlowDown")) : .none }
      #expect(throws: Errno.self) { try fixture.close(file) }
      // Of the background.
      fixture.gate.set { $0.kind == "PUT" ? .hold : .none }
      #expect(fixture.gate.waitUntilHeld(1))
      return file.0
    }
    let node = try files.tree.node(inode)
    let cancelling = BlockingWork.startJoinable { [self] in Result { try files.cancelUploads(key: "name") } }
    try await eventually("the copy is given away") { node.state.withLock { $0.file == nil } }
    #expect(!cancelling.isDone)
    let opened = try await BlockingWork.run { [self] in
      Result { try files.open(inode, flags: OpenFlags(rawValue: O_WRONLY), caller: fixture.caller) }
    }
    #expect(throws: Errno.ESTALE) { try opened.get() }
    fixture.gate.open()
    let count = try await cancelling.value().get()
    #expect(count == 1)
    #expect(files.cache.pendingUploads.isEmpty)
  }

  /// The file that the name shows is open, and others of that key are parked: all or nothing.
  /// SEMANTICS: uploads-command
  @Test func nothingIsGivenUpWhileTheFileIsOpen() async throws {
    try await BlockingWork.run { [self] in
      let losers = 4
      for _ in 0..<losers {
        let flags = OpenFlags(rawValue: O_WRONLY | O_CREAT | O_EXCL)
        let (entry, opened) = try files.create(
          .root, fixture.name("name"), permissions: 0o644, flags: flags, caller: fixture.caller)
        let file = (entry.attributes.inode, opened.handle)
        try fixture.write("loser", file)
        try fixture.other.put(fixture.bucket, "name", "winner")
        #expect(throws: Errno.EEXIST) { try fixture.close(file) }
        try fixture.other.delete(fixture.bucket, "name")
      }
      try fixture.other.put(fixture.bucket, "name", "winner")
      let entry = try files.lookup(.root, fixture.name("name"), caller: fixture.caller)
      let inode = entry.attributes.inode
      let handle = try files.open(inode, flags: OpenFlags(rawValue: O_WRONLY), caller: fixture.caller).handle
      try fixture.write("W", (inode, handle))
      #expect(throws: Errno.EBUSY) { try files.cancelUploads(key: "name") }
      #expect(files.cache.pendingUploads.count == losers + 1)
      try fixture.close((inode, handle))
      #expect(try files.cancelUploads(key: "name") == losers)
      #expect(files.cache.pendingUploads.isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "name") == Array("Winner".utf8))
    }
  }
}
