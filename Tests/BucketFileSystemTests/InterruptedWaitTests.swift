// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem
@testable import WriteBackCache

/// Each operation is called for a program that was told to stop: what answers at once still does.
@Suite("A program that is told to stop does not wait, on a real server") struct InterruptedWaitTests {
  private func told<Result>(_ body: () throws -> Result) throws -> Result {
    try Interruption.withProbe({ true }) { try body() }
  }

  /// SEMANTICS: signals-stop
  @Test("close: EINTR, and the upload goes on; the file system hears of its end")
  func close() async throws {
    let fixture = try FileSystemFixture()
    let file = try await BlockingWork.run {
      fixture.gate.set { $0.kind == "PUT" ? .hold : .none }
      let file = try fixture.create(.root, "name")
      try fixture.write("text", file)
      #expect(throws: Errno.EINTR) { try told { try fixture.files.flush(file.0, file.1, caller: fixture.caller) } }
      #expect(fixture.gate.waitUntilHeld(1))
      #expect(throws: Errno.EINTR) { try told { try fixture.files.fsync(file.0, file.1, dataOnly: false) } }
      return file
    }
    let node = try fixture.files.tree.node(file.0)
    #expect(node.state.withLock { $0.file?.isDirty } == true)
    #expect(node.etag == nil)
    fixture.gate.open()
    try await eventually("the upload ends, and is known here") { node.etag != nil }
    try await BlockingWork.run {
      #expect(fixture.gate.count("PUT") == 1)
      try fixture.close(file)
      #expect(fixture.gate.count("PUT") == 1)
      #expect(try fixture.other.get(fixture.bucket, "name") == Array("text".utf8))
    }
  }

  /// SEMANTICS: signals-stop
  @Test("rename and unlink of a file that is being uploaded: EINTR, and nothing has changed")
  func names() async throws {
    let fixture = try FileSystemFixture(mode: .delayed(delay: 0.01))
    try await BlockingWork.run {
      fixture.gate.set { $0.kind == "PUT" ? .hold : .none }
      let file = try fixture.create(.root, "name")
      try fixture.write("text", file)
      try fixture.close(file)
      #expect(fixture.gate.waitUntilHeld(1))
      let (name, other) = (try fixture.name("name"), try fixture.name("other"))
      #expect(throws: Errno.EINTR) {
        try told { try fixture.files.rename(.root, name, to: .root, other, flags: [], caller: fixture.caller) }
      }
      #expect(throws: Errno.EINTR) { try told { try fixture.files.unlink(.root, name, caller: fixture.caller) } }
      fixture.gate.open()
      #expect(fixture.files.drain(timeout: 30).isEmpty)
      #expect(try fixture.other.list(fixture.bucket).map(\.key) == ["name"])
      // Nobody holds it still.
      try fixture.files.rename(.root, name, to: .root, other, flags: [], caller: fixture.caller)
      #expect(try fixture.other.get(fixture.bucket, "other") == Array("text".utf8))
    }
  }

  /// SEMANTICS: signals-stop
  @Test("lookup, opendir and read: EINTR; who waits for the same bytes gets them")
  func reading() async throws {
    let fixture = try FileSystemFixture()
    let (inode, handle) = try await BlockingWork.run {
      try fixture.other.put(fixture.bucket, "name", "text")
      let entry = try fixture.files.lookup(.root, fixture.name("name"), caller: fixture.caller)
      let opened = try fixture.files.open(
        entry.attributes.inode, flags: OpenFlags(rawValue: O_RDONLY), caller: fixture.caller)
      return (entry.attributes.inode, opened.handle)
    }
    fixture.gate.set { _ in .hold }
    @Sendable func read() throws -> Int {
      let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 4_096, alignment: 4_096)
      defer { scratch.deallocate() }
      guard case .pieces(let pieces) = try fixture.files.read(inode, handle, at: 0, length: 4_096, scratch: scratch)
      else { return -1 }
      return pieces.reduce(0) { $0 + $1.bytes.count }
    }
    let patient = BlockingWork.startJoinable { Result { try read() } }
    try await BlockingWork.run {
      #expect(fixture.gate.waitUntilHeld(1))
      #expect(throws: Errno.EINTR) { try told { try read() } }
      let name = try fixture.name("another")
      #expect(throws: Errno.EINTR) {
        try told { try fixture.files.lookup(.root, name, caller: fixture.caller) }
      }
      let directory = try fixture.files.opendir(.root, caller: fixture.caller)
      #expect(throws: Errno.EINTR) {
        try told { try fixture.files.readdir(.root, directory, from: 0, plus: false) { _ in true } }
      }
    }
    fixture.gate.open()
    let count = try await patient.value().get()
    #expect(count == 4)
    try await BlockingWork.run {
      let again = try told { try read() }
      #expect(again == 4)
    }
  }
}
