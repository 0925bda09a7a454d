// SPDX-License-Identifier: Apache-2.0

import S3Client
import TestSupport
import Testing
import VFS
import WriteBackCache

@testable import BucketFileSystem

@Suite("Keys beyond 1,024 bytes") struct KeyLengthsTests {
  /// SEMANTICS: long-keys
  @Test func whatWasTakenAndRefusedIsRemembered() {
    var lengths = KeyLengths()
    #expect(lengths.takes(1_024) == true && lengths.takes(1_025) == nil && lengths.takes(8_193) == false)
    lengths.note(2_000, isTaken: true)
    lengths.note(3_000, isTaken: false)
    lengths.note(1_500, isTaken: true)
    lengths.note(3_500, isTaken: false)
    #expect(lengths.takes(2_000) == true && lengths.takes(2_500) == nil && lengths.takes(3_000) == false)
  }

  /// SeaweedFS takes no more than Amazon, but says so only to who writes.
  /// SEMANTICS: long-keys, errno-name-too-long
  @Test func aFileThatTheStoreCannotHaveIsNotMade() async throws {
    try await BlockingWork.run {
      let fixture = try FileSystemFixture()
      var parent = InodeID.root
      for letter in ["a", "b", "c", "d"] {
        let name = try fixture.name(String(repeating: letter, count: 240))
        parent = try fixture.files.mkdir(parent, name, permissions: 0o755, caller: fixture.caller).attributes.inode
      }
      try fixture.close(fixture.create(parent, String(repeating: "e", count: 60)))
      #expect(throws: Errno.ENAMETOOLONG) { _ = try fixture.create(parent, String(repeating: "e", count: 61)) }
      #expect(throws: Errno.ENAMETOOLONG) {
        try fixture.files.rename(
          parent, fixture.name(String(repeating: "e", count: 60)), to: parent,
          fixture.name(String(repeating: "f", count: 100)), flags: [], caller: fixture.caller)
      }
      #expect(fixture.files.cache.pendingUploads.isEmpty)
    }
  }
}
