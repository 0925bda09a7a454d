// SPDX-License-Identifier: Apache-2.0

import Testing
import VFS

@testable import BucketFileSystem

@Suite("Stored attributes") struct StoredAttributesTests {
  /// SEMANTICS: foreign-forms
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

  /// SEMANTICS: stored-attributes
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
    #expect(StoredAttributes(metadata: ["mode": "16877"], isDirectory: true).kind == .directory)
  }

  /// SEMANTICS: foreign-forms
  @Test(
    "Modes as others write them",
    arguments: [
      // s3fs, geesefs: decimal with type bits.
      ("33188", 0o100644), ("33261", 0o100755), ("41471", 0o120777), ("35309", 0o104755), ("4516", 0o010644),
      ("8630", 0o020666), ("49663", 0o140777),
      // rclone --metadata: octal with type bits, with and without a zero.
      ("100664", 0o100664), ("0100664", 0o100664), ("104755", 0o104755), ("120777", 0o120777), ("10644", 0o010644),
      ("20666", 0o020666), ("60660", 0o060660), ("140755", 0o140755),
      // Others: without type bits.
      ("0644", 0o644), ("644", 0o644), ("755", 0o755), ("4755", 0o4755), ("600", 0o600), ("0", 0),
      ("420", 0o644), ("493", 0o755), ("384", 0o600), ("436", 0o664),
      // No mode.
      ("", nil), ("rw-r--r--", nil), ("-644", nil), ("0x1ff", nil), ("99999999999", nil), ("777777", nil),
      ("0999", nil),
    ] as [(String, UInt32?)])
  func modes(text: String, mode: UInt32?) { #expect(ModeText.value(of: text, isDirectory: false) == mode) }

  /// In decimal a part of these would be a link's.
  @Test(
    arguments: [
      ("16877", 0o040755), ("17407", 0o041777), ("40755", 0o040755), ("40700", 0o040700), ("41777", 0o041777),
      ("42775", 0o042775), ("41471", 0o041471), ("0755", 0o755), ("755", 0o755), ("493", 0o755),
    ] as [(String, UInt32)])
  func modesOfDirectories(text: String, mode: UInt32) {
    #expect(ModeText.value(of: text, isDirectory: true) == mode)
  }

  /// SEMANTICS: foreign-forms
  @Test(
    "Dates as rclone writes them",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, 0), ("2006-01-02T15:04:05.999999999+07:00", 1_136_189_045, 999_999_999),
      ("2023-05-11T17:54:11.5234+01:00", 1_683_824_051, 523_400_000), ("2000-02-29T23:59:59-00:30", 951_870_599, 0),
      ("1969-12-31T23:59:58.5Z", -2, 500_000_000), ("1600-03-01T00:00:00Z", -11_670_912_000, 0),
    ] as [(String, Int64, Int32)])
  func readsDates(text: String, seconds: Int64, nanoseconds: Int32) {
    #expect(Timestamp(stored: text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
  }

  @Test(arguments: [
    "2006-01-02", "2006-01-02T15:04:05", "2006-13-02T15:04:05Z", "2006-01-02T25:04:05Z", "2006-01-02T15:04:05.Z",
    "2006-01-02T15:04:05Zx", "2006-01-02T15:04:05+0700", "2006-01-02T15:04:05.1x2Z", "2006-01-02 15:04:05Z",
    "-006-01-02T15:04:05Z", "2006-01-02T15:04:05+07:0ü",
  ])
  func refusesOtherDates(text: String) { #expect(Timestamp(stored: text) == nil) }

  /// SEMANTICS: foreign-forms
  @Test("A link of geesefs says where it leads in its metadata")
  func linkTargets() {
    func target(_ text: String, isDirectory: Bool = false) -> String? {
      StoredAttributes(metadata: ["--symlink-target": text], isDirectory: isDirectory).linkTarget
    }
    #expect(target("../a/b c") == "../a/b c")
    #expect(target("t%C3%A4rget%25") == "tärget%")
    #expect(target("") == nil)
    #expect(target("a%00b") == nil)
    #expect(target("%FF") == nil)
    #expect(target("x", isDirectory: true) == nil)
    #expect(StoredAttributes(metadata: ["--symlink-target": "x", "mode": "33188"]).kind == .symbolicLink)
  }

  @Test func readsKindsThatTheKernelServes() {
    #expect(StoredAttributes(metadata: ["mode": "4516"]).kind(ofSize: 0) == .fifo)
    #expect(StoredAttributes(metadata: ["mode": "49517"]).kind(ofSize: 0) == .socket)
    let device = StoredAttributes(metadata: ["mode": "25008", "rdev": "801"])
    #expect(device.kind(ofSize: 0) == .blockDevice && device.device == 0x801)
    #expect(device.metadata == ["mode": "25008", "rdev": "801"])
    // With the set-user-ID bit: 014755 in decimal.
    #expect(StoredAttributes(metadata: ["mode": "6637"]).mode == 0o014755)
    #expect(StoredAttributes(metadata: ["mode": "4755"]).mode == 0o4755)
    // Its bytes could not be reached.
    #expect(StoredAttributes(metadata: ["mode": "4516"]).kind(ofSize: 1) == .regular)
    // An object without a slash at its end is no directory.
    #expect(StoredAttributes(metadata: ["mode": "16877"]).kind(ofSize: 0) == .regular)
  }

  @Test func ignoresWhatItCannotRead() {
    #expect(
      StoredAttributes(metadata: ["mode": "rw", "uid": "-1", "gid": "99999999999", "mtime": "now"])
        == StoredAttributes())
  }

  /// SEMANTICS: stored-attributes
  @Test func comesBack() {
    var stored = StoredAttributes()
    stored.mode = 0o100600
    stored.uid = 7
    stored.modified = Timestamp(seconds: 5, nanoseconds: 6)
    #expect(stored.metadata == ["mode": "33152", "uid": "7", "mtime": "5.000000006"])
    #expect(StoredAttributes(metadata: stored.metadata) == stored)
  }
}
