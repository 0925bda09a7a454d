// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing
import VFS
import WriteBackCache

@testable import BucketFileSystem

@Suite("Delayed mode and the maximum age, on a real server") struct MaximumAgeTests {
  private func fixture(delay: Double, age: Double) throws -> FileSystemFixture {
    try FileSystemFixture { configuration in
      configuration.mode = .delayed(delay: delay)
      configuration.maximumAge = age
    }
  }

  /// Not on the cooperative pool, which the uploads need.
  private func content(_ fixture: FileSystemFixture, _ key: String) async throws -> String? {
    try await BlockingWork.run {
      (try? fixture.other.get(fixture.bucket, key)).map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// SEMANTICS: delayed
  @Test func aFileThatStaysOpenIsUploaded() async throws {
    let fixture = try fixture(delay: 600, age: 0.2)
    let file = try await BlockingWork.run {
      let file = try fixture.create(.root, "log")
      try fixture.write("one", file)
      return file
    }
    try await eventually("the open file is in the bucket") { try await content(fixture, "log") == "one" }
    // And again, for what is written later.
    try await BlockingWork.run {
      _ = try Array("two".utf8).withUnsafeBytes { try fixture.files.write(file.0, file.1, at: 3, $0) }
    }
    try await eventually("what came later is there") { try await content(fixture, "log") == "onetwo" }
    try await BlockingWork.run {
      try fixture.close(file)
      #expect(fixture.files.drain(timeout: 30).isEmpty)
    }
  }

  /// SEMANTICS: delayed
  @Test func closingAgainAndAgainPutsNothingOff() async throws {
    let fixture = try fixture(delay: 0.3, age: 600)
    let inode = try await BlockingWork.run {
      let file = try fixture.create(.root, "often")
      try fixture.close(file)
      return file.0
    }
    try await eventually(
      within: .seconds(20),
      "it is in the bucket while it is written and closed on and on: \(fixture.files.cache.pendingUploads)"
    ) {
      try await BlockingWork.run {
        let handle = try fixture.files.open(inode, flags: OpenFlags(rawValue: O_WRONLY), caller: fixture.caller).handle
        try fixture.write("text", (inode, handle))
        try fixture.close((inode, handle))
      }
      return try await content(fixture, "often") == "text"
    }
    let left = try await BlockingWork.run { fixture.files.drain(timeout: 30) }
    #expect(left.isEmpty)
  }

  @Test func whatIsWrittenDuringItsUploadIsNotForgotten() async throws {
    let fixture = try fixture(delay: 600, age: 0.2)
    try await BlockingWork.run {
      fixture.gate.set { $0.kind == "PUT" && $0.ordinal == 1 ? .hold : .none }
      let file = try fixture.create(.root, "log")
      try fixture.write("one", file)
      #expect(fixture.gate.waitUntilHeld(1))
      // Another place: the upload under way has its own moment, and nobody waits for it.
      _ = try Array("two".utf8).withUnsafeBytes { try fixture.files.write(file.0, file.1, at: 3, $0) }
      fixture.gate.open()
    }
    try await eventually("both are there, and nobody has closed the file") {
      try await content(fixture, "log") == "onetwo"
    }
  }
}
