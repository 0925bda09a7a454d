// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem

/// Whoever closes a file hears whether its bytes are in the bucket, also when somebody else has just begun to bring them there.
@Suite("Closes of one file at once, on a real server") struct SharedCloseTests {
  private let fixture: FileSystemFixture
  private var files: BucketFileSystem { fixture.files }
  private let writing = OpenFlags(rawValue: O_WRONLY)

  init() throws { fixture = try FileSystemFixture() }

  /// A file that is in the bucket.
  private func made(_ text: String) throws -> InodeID {
    let file = try fixture.create(.root, "name")
    try fixture.write(text, file)
    try fixture.close(file)
    return file.0
  }

  private func open(_ inode: InodeID, _ text: String) throws -> HandleID {
    let handle = try files.open(inode, flags: writing, caller: fixture.caller).handle
    try fixture.write(text, (inode, handle))
    return handle
  }

  private func takers(_ handle: HandleID) throws -> Int { try files.files.get(handle).takers }

  /// Lets what is held run into a version of somebody else.
  private func conflict() async throws {
    try await BlockingWork.run { [fixture] in try fixture.other.put(fixture.bucket, "name", "theirs") }
    fixture.gate.open()
  }

  /// SEMANTICS: close-publishes
  @Test func theSecondHandleHearsOfTheConflictOfTheFirst() async throws {
    let (inode, first, second) = try await BlockingWork.run { [self] in
      let inode = try made("0123456789")
      return (inode, try open(inode, "AA"), try open(inode, "BB"))
    }
    fixture.gate.set { $0.kind == "PUT" ? .hold : .none }
    let closing = BlockingWork.startJoinable { [self] in Result { try fixture.close((inode, first)) } }
    let isHeld = try await BlockingWork.run { [fixture] in fixture.gate.waitUntilHeld(1) }
    #expect(isHeld)
    let alsoClosing = BlockingWork.startJoinable { [self] in Result { try fixture.close((inode, second)) } }
    try await eventually("the second close waits") { try alsoClosing.isDone || takers(second) == 1 }
    #expect(!alsoClosing.isDone)
    try await conflict()
    let closed = try await closing.value()
    #expect(throws: Errno.ESTALE) { try closed.get() }
    let alsoClosed = try await alsoClosing.value()
    #expect(throws: Errno.ESTALE) { try alsoClosed.get() }
  }

  /// SEMANTICS: close-publishes, call-fsync
  @Test func aCloseDuringTheFsyncOfItsDescriptorWaitsForIt() async throws {
    let (inode, handle) = try await BlockingWork.run { [self] in
      let inode = try made("0123456789")
      return (inode, try open(inode, "AA"))
    }
    fixture.gate.set { $0.kind == "PUT" ? .hold : .none }
    let syncing = BlockingWork.startJoinable { [self] in Result { try files.fsync(inode, handle, dataOnly: false) } }
    let isHeld = try await BlockingWork.run { [fixture] in fixture.gate.waitUntilHeld(1) }
    #expect(isHeld)
    let closing = BlockingWork.startJoinable { [self] in
      Result { try files.flush(inode, handle, caller: fixture.caller) }
    }
    try await eventually("the close joins the fsync") { try closing.isDone || takers(handle) == 2 }
    #expect(!closing.isDone)
    try await conflict()
    let synced = try await syncing.value()
    #expect(throws: Errno.ESTALE) { try synced.get() }
    let closed = try await closing.value()
    #expect(throws: Errno.ESTALE) { try closed.get() }
    #expect(try takers(handle) == 0)
    files.release(inode, handle)
  }

  /// SEMANTICS: truncate-publishes
  @Test func aWriterThatChangesNothingPublishesWhatWasTruncatedByName() async throws {
    try await BlockingWork.run { [self] in
      let inode = try made("0123456789")
      let handle = try files.open(inode, flags: writing, caller: fixture.caller).handle
      var changes = AttributeChanges()
      changes.size = 4
      _ = try files.setattr(inode, handle: nil, changes: changes, caller: fixture.caller)
      try files.flush(inode, handle, caller: fixture.caller)
      #expect(try fixture.other.get(fixture.bucket, "name") == Array("0123".utf8))
      files.release(inode, handle)
    }
  }

  /// Without /proc, or with no descriptor left to read it.
  /// SEMANTICS: opener-publishes
  @Test func anUnknownOpenerIsTheOneWhoCloses() async throws {
    try await BlockingWork.run { [self] in
      let nobody = Caller(uid: 0, gid: 0, pid: 0)
      let (entry, opened) = try files.create(
        .root, fixture.name("name"), permissions: 0o644, flags: OpenFlags(rawValue: O_WRONLY | O_CREAT), caller: nobody)
      let inode = entry.attributes.inode
      try fixture.write("text", (inode, opened.handle))
      try files.flush(inode, opened.handle, caller: fixture.caller)
      #expect(try fixture.other.get(fixture.bucket, "name") == Array("text".utf8))
      files.release(inode, opened.handle)
    }
  }

  @Test func onlyWhoMayChangeAFileIsLookedUp() async throws {
    try await BlockingWork.run { [self] in
      let inode = try made("text")
      for (flags, process) in [(O_RDONLY, 0), (O_WRONLY, getpid()), (O_RDONLY | O_TRUNC, getpid())] {
        let handle = try files.open(inode, flags: OpenFlags(rawValue: flags), caller: fixture.caller).handle
        #expect(try files.files.get(handle).openerProcess == process)
        try fixture.close((inode, handle))
      }
    }
  }
}
