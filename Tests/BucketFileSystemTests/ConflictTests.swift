// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem
@testable import WriteBackCache

@Suite("Conflicts with several handles, on a real server") struct ConflictTests {
  private let fixture: FileSystemFixture
  private let writing = OpenFlags(rawValue: O_WRONLY)

  init() throws { fixture = try FileSystemFixture() }

  private init(_ fixture: FileSystemFixture) { self.fixture = fixture }

  /// A file that is in the bucket, and two handles on it.
  private func opened(_ text: String) throws -> (InodeID, HandleID, HandleID) {
    let file = try fixture.create(.root, "name")
    try fixture.write(text, file)
    try fixture.close(file)
    let handles = try (0..<2).map { _ in
      try fixture.files.open(file.0, flags: writing, caller: fixture.caller).handle
    }
    return (file.0, handles[0], handles[1])
  }

  /// What the bucket has under the name of the copy, when nothing is pending any more; fails unless there is exactly one.
  private func copy() throws -> String {
    #expect(fixture.files.drain(timeout: 20).isEmpty)
    let keys = try fixture.other.list(fixture.bucket).map(\.key).filter { $0 != "name" }
    #expect(keys.count == 1 && keys[0].hasPrefix("name.conflict-"), "\(keys)")
    return String(decoding: try fixture.other.get(fixture.bucket, try #require(keys.first)), as: UTF8.self)
  }

  /// SEMANTICS: conflict
  @Test func everyHandleThatChangedTheFileHearsOfIt() async throws {
    try await BlockingWork.run { [self] in
      let (inode, first, second) = try opened("0123456789")
      try fixture.write("AA", (inode, first))
      _ = try Array("BB".utf8).withUnsafeBytes { try fixture.files.write(inode, second, at: 4, $0) }
      try fixture.other.put(fixture.bucket, "name", "theirs")
      #expect(throws: Errno.ESTALE) { try fixture.close((inode, first)) }
      #expect(throws: Errno.ESTALE) { try fixture.write("C", (inode, second)) }
      #expect(throws: Errno.ESTALE) { try fixture.close((inode, second)) }
      #expect(try copy() == "AA23BB6789")
      #expect(try fixture.other.get(fixture.bucket, "name") == Array("theirs".utf8))
    }
  }

  /// It waits for the upload that turns out to be a conflict, and comes while the copy is made, uploaded and given up.
  /// SEMANTICS: conflict
  @Test func aWriteThatWasAcknowledgedIsInTheCopy() async throws {
    for _ in 0..<12 {
      let fixture = try FileSystemFixture()
      let test = ConflictTests(fixture)
      let (inode, first, second) = try await BlockingWork.run {
        let opened = try test.opened("0123456789")
        try fixture.write("AA", (opened.0, opened.1))
        return opened
      }
      fixture.gate.set { $0.kind == "PUT" ? .hold : .none }
      let closing = BlockingWork.startJoinable { Result { try fixture.close((inode, first)) } }
      let isHeld = try await BlockingWork.run { fixture.gate.waitUntilHeld(1) }
      #expect(isHeld)
      try await BlockingWork.run { try fixture.other.put(fixture.bucket, "name", "theirs") }
      let writing = BlockingWork.startJoinable {
        Result { _ = try Array("BB".utf8).withUnsafeBytes { try fixture.files.write(inode, second, at: 4, $0) } }
      }
      let file = try #require(try fixture.files.tree.node(inode).state.withLock { $0.file })
      try await eventually("the write waits behind the close") {
        writing.isDone || file.state.withLock { $0.awaiting } == 2
      }
      #expect(!writing.isDone)
      fixture.gate.open()
      let closed = try await closing.value()
      #expect(throws: Errno.ESTALE) { try closed.get() }
      let isAcknowledged = if case .success = try await writing.value() { true } else { false }
      let content = try await BlockingWork.run { try test.copy() }
      #expect(content == (isAcknowledged ? "AA23BB6789" : "AA23456789"))
    }
  }

  /// The queue's upload and that of a close find the conflict at the same time.
  @Test func aConflictThatTwoFindMakesOneCopy() async throws {
    let (inode, first, _) = try await BlockingWork.run { [self] in
      let opened = try opened("0123456789")
      try fixture.write("AA", (opened.0, opened.1))
      fixture.gate.set { $0.kind == "PUT" ? .answer(503, body: FaultyTransport.error("SlowDown")) : .none }
      #expect(throws: Errno.self) { try fixture.files.flush(opened.0, opened.1, caller: fixture.caller) }
      return opened
    }
    fixture.gate.set { $0.kind == "PUT" ? .hold : .none }
    let isHeld = try await BlockingWork.run { [fixture] in fixture.gate.waitUntilHeld(1) }
    #expect(isHeld)
    try await BlockingWork.run { [fixture] in try fixture.other.put(fixture.bucket, "name", "theirs") }
    let closing = BlockingWork.startJoinable { [fixture] in Result { try fixture.close((inode, first)) } }
    let file = try #require(try fixture.files.tree.node(inode).state.withLock { $0.file })
    try await eventually("the close waits for the upload") {
      closing.isDone || file.state.withLock { $0.awaiting } == 1
    }
    #expect(!closing.isDone)
    fixture.gate.open()
    let closed = try await closing.value()
    #expect(throws: Errno.ESTALE) { try closed.get() }
    let content = try await BlockingWork.run { [self] in try copy() }
    #expect(content == "AA23456789")
  }
}
