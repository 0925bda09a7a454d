// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem

@Suite("Small promises of docs/SEMANTICS.md, on a real server") struct SemanticsTests {
  /// SEMANTICS: opener-publishes
  @Test("A file whose opener never closes it is published with its last descriptor")
  func anOpenerThatNeverCloses() async throws {
    try await BlockingWork.run {
      let fixture = try FileSystemFixture()
      let file = try fixture.create(.root, "name")
      try fixture.write("text", file)
      // Another process closes the descriptor that it was given.
      try fixture.files.flush(file.0, file.1, caller: Caller(uid: 0, gid: 0, pid: 1))
      #expect(try fixture.other.head(fixture.bucket, "name") == nil)
      fixture.files.release(file.0, file.1)
      #expect(fixture.files.drain(timeout: 30).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "name") == Array("text".utf8))
    }
  }

  /// SEMANTICS: changes-waited-for
  @Test("A program that is told to stop waits for the copy that its rename has asked the store for")
  func aChangeIsWaitedFor() async throws {
    let fixture = try FileSystemFixture()
    try await BlockingWork.run {
      let file = try fixture.create(.root, "old")
      try fixture.write("text", file)
      try fixture.close(file)
    }
    fixture.gate.set { $0.request.headers["x-amz-copy-source"] != nil ? .hold : .none }
    let isTold = Lock(false)
    let renaming = BlockingWork.startJoinable {
      Result {
        try Interruption.withProbe({ isTold.withLock { $0 } }) {
          try fixture.files.rename(
            .root, fixture.name("old"), to: .root, fixture.name("new"), flags: [], caller: fixture.caller)
        }
      }
    }
    let isHeld = try await BlockingWork.run { fixture.gate.waitUntilHeld(1) }
    #expect(isHeld)
    isTold.withLock { $0 = true }
    // That nothing happens for longer than whoever may be interrupted waits between two looks.
    try await Task.sleep(for: .seconds(2 * Interruption.interval))
    #expect(!renaming.isDone)
    fixture.gate.open()
    try await renaming.value().get()
    let keys = try await BlockingWork.run { try fixture.other.list(fixture.bucket).map(\.key) }
    #expect(keys == ["new"])
  }
}
