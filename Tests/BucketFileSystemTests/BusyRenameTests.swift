// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem

@Suite("Renames while files are written, on a real server") struct BusyRenameTests {
  private let fixture: FileSystemFixture
  private var files: BucketFileSystem { fixture.files }
  private var gate: FaultyTransport { fixture.gate }
  private var other: IndependentClient { fixture.other }
  private var bucket: String { fixture.bucket }
  private var caller: Caller { fixture.caller }

  init() throws { fixture = try FileSystemFixture() }

  private func name(_ text: String) throws -> Name { try fixture.name(text) }

  /// SEMANTICS: rename-waits
  @Test func aFileThatIsClosedWhileItsDirectoryMovesArrives() async throws {
    let inode = try await BlockingWork.run { [self] in
      let directory = try files.mkdir(.root, name("old"), permissions: 0o755, caller: caller).attributes.inode
      let file = try fixture.create(directory, "f")
      try fixture.write("first version", file)
      try fixture.close(file)
      return file.0
    }
    gate.set { $0.request.headers.fields.contains { $0.name.lowercased() == "x-amz-copy-source" } ? .hold : .none }
    let renaming = BlockingWork.startJoinable { [self] in
      Result { try files.rename(.root, name("old"), to: .root, name("new"), flags: [], caller: caller) }
    }
    let isHeld = try await BlockingWork.run { [gate] in gate.waitUntilHeld(1) }
    #expect(isHeld)
    let closing = BlockingWork.startJoinable { [self] in
      Result {
        let opened = try files.open(inode, flags: OpenFlags(rawValue: O_WRONLY), caller: caller)
        try fixture.write("second version", (inode, opened.handle))
        try fixture.close((inode, opened.handle))
      }
    }
    try await eventually("whoever writes waits for the rename") {
      closing.isDone || files.turns.withLock { $0.waiting } == 1
    }
    #expect(!closing.isDone)
    gate.open()
    try await renaming.value().get()
    try await closing.value().get()
    #expect(try other.get(bucket, "new/f") == Array("second version".utf8))
    #expect(try other.list(bucket).allSatisfy { !"\($0)".contains("old/") })
  }

  @Test func theTargetsWaitingUploadDoesNotTakeThePlaceOfWhatIsMovedThere() async throws {
    try await BlockingWork.run { [self] in
      let source = try fixture.create(.root, "source")
      try fixture.write("source", source)
      try fixture.close(source)
      let target = try fixture.create(.root, "target")
      try fixture.write("target", target)
      gate.set { $0.request.method == .put ? .answer(503, body: FaultyTransport.error("SlowDown")) : .none }
      #expect(throws: Errno.self) { try fixture.close(target) }
      gate.open()
      try files.rename(.root, name("source"), to: .root, name("target"), flags: [], caller: caller)
      #expect(files.drain(timeout: 10).isEmpty)
      #expect(try other.get(bucket, "target") == Array("source".utf8))
      #expect(try other.list(bucket).count == 1)
    }
  }

  /// SEMANTICS: truncate-publishes
  @Test func truncationByNameIsPublishedWhileSomebodyReads() async throws {
    try await BlockingWork.run { [self] in
      let file = try fixture.create(.root, "log")
      try fixture.write("0123456789", file)
      try fixture.close(file)
      let reader = try files.open(file.0, flags: OpenFlags(rawValue: O_RDONLY), caller: caller)
      var changes = AttributeChanges()
      changes.size = 4
      _ = try files.setattr(file.0, handle: nil, changes: changes, caller: caller)
      #expect(try other.get(bucket, "log") == Array("0123".utf8))
      files.release(file.0, reader.handle)
    }
  }
}
