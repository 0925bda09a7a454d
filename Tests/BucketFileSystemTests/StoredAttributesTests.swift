// SPDX-License-Identifier: Apache-2.0

import Testing
import VFS

@testable import BucketFileSystem

@Suite("Stored attributes") struct StoredAttributesTests {
  @Test(
    arguments: [
      ("0", 0, 0), ("1700000000", 1_700_000_000, 0), ("1700000000.5", 1_700_000_000, 500_000_000),
      ("1700000000.000000001", 1_700_000_000, 1), ("1700000000.", 1_700_000_000, 0),
      // rclone writes more digits than nine never, others may.
      ("1.1234567891", 1, 123_456_789), ("-1.5", -2, 500_000_000), ("-1", -1, 0),
    ] as [(String, Int64, Int32)])
  func readsTimes(text: String, seconds: Int64, nanoseconds: Int32) {
    #expect(Timestamp(decimal: text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
  }

  @Test(arguments: ["", "x", "1.x", "1e9", "99999999999999", ".5", "1.-5", "1 ", "-9223372036854775808"])
  func refusesOtherText(text: String) { #expect(Timestamp(decimal: text) == nil) }

  @Test(
    arguments: [
      (0, 0, "0.000000000"), (1_700_000_000, 1, "1700000000.000000001"), (-2, 500_000_000, "-1.500000000"),
      (-1, 500_000_000, "-0.500000000"), (-1, 0, "-1.000000000"),
    ] as [(Int64, Int32, String)])
  func writesNineDigits(seconds: Int64, nanoseconds: Int32, text: String) {
    #expect(Timestamp(seconds: seconds, nanoseconds: nanoseconds).decimal == text)
  }

  @Test func readsWhatS3fsWrites() {
    // s3fs: mode in decimal with type bits; 33188 is 0100644, 41471 a link.
    let file = StoredAttributes(metadata: ["mode": "33188", "uid": "1000", "gid": "100", "mtime": "1700000000"])
    #expect(file.mode == 0o100644 && file.uid == 1_000 && file.gid == 100 && file.kind == .regular)
    #expect(StoredAttributes(metadata: ["mode": "41471"]).kind == .symbolicLink)
    #expect(StoredAttributes(metadata: ["mode": "16877"]).kind == .directory)
  }

  @Test func readsKindsThatTheKernelServes() {
    #expect(StoredAttributes(metadata: ["mode": "4516"]).objectKind == .fifo)
    #expect(StoredAttributes(metadata: ["mode": "49517"]).objectKind == .socket)
    let device = StoredAttributes(metadata: ["mode": "25008", "rdev": "801"])
    #expect(device.objectKind == .blockDevice && device.device == 0x801)
    #expect(device.metadata == ["mode": "25008", "rdev": "801"])
    // An object without a slash at its end is no directory.
    #expect(StoredAttributes(metadata: ["mode": "16877"]).objectKind == .regular)
  }

  @Test func ignoresWhatItCannotRead() {
    #expect(
      StoredAttributes(metadata: ["mode": "rw", "uid": "-1", "gid": "99999999999", "mtime": "now"])
        == StoredAttributes())
  }

  @Test func comesBack() {
    var stored = StoredAttributes()
    stored.mode = 0o100600
    stored.uid = 7
    stored.modified = Timestamp(seconds: 5, nanoseconds: 6)
    #expect(stored.metadata == ["mode": "33152", "uid": "7", "mtime": "5.000000006"])
    #expect(StoredAttributes(metadata: stored.metadata) == stored)
  }
}
