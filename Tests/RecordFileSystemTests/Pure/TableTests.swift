// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import VFS

@testable import RecordFileSystem

@Suite("Tables of the record file system") struct TableTests {
  /// The table of docs/RECORDS-MOUNT.md, "Errors".
  @Test(
    "Errors of records become errno",
    arguments: [
      (RecordErrorCode.unknownModel, Errno.ENOENT), (.recordNotFound, .ENOENT), (.pathNotAttached, .ENOENT),
      (.fileNotFound, .ENOENT), (.danglingReference, .ENOENT), (.recordExists, .EEXIST), (.pathInUse, .EBUSY),
      (.unknownField, .EINVAL), (.readOnlyField, .EINVAL), (.missingField, .EINVAL), (.invalidValue, .EINVAL),
      (.pathNotAllowed, .EINVAL), (.invalidFileName, .EINVAL), (.tooManyFiles, .EINVAL), (.conditionFailed, .ESTALE),
      (.tooManyConflicts, .EAGAIN), (.unauthorized, .EACCES), (.expiredAPIKey, .EACCES), (.unavailable, .ETIMEDOUT),
      (.canceled, .EINTR), (.storeFailed, .EIO), (.journalFailed, .EIO), (.rejected, .EIO), (.invalidResponse, .EIO),
      (.storage, .EIO),
    ])
  func errors(code: RecordErrorCode, errno: Errno) { #expect(Errno(RecordError(code, "")) == errno) }

  @Test(
    "Times of records are read",
    arguments: [
      ("1970-01-01T00:00:00Z", 0, 0), ("2025-01-14T09:26:53.589Z", 1_736_846_813, 589_000_000),
      ("2024-02-29T23:59:59.000000001Z", 1_709_251_199, 1), ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
      ("2000-03-01T00:00:00.123456789123Z", 951_868_800, 123_456_789),
    ] as [(String, Int64, Int32)])
  func times(text: String, seconds: Int64, nanoseconds: Int32) {
    #expect(Timestamp(record: text) == Timestamp(seconds: seconds, nanoseconds: nanoseconds))
  }

  @Test(
    "Other texts are no times",
    arguments: [
      "", "2025-01-14", "2025-01-14T09:26:53", "2025-13-14T09:26:53Z", "2025-01-14T09:26:53,5Z", "2025-01-14T09:2x:53Z",
    ])
  func noTimes(text: String) { #expect(Timestamp(record: text) == nil) }

  @Test(
    "The beginning of a file asks for an extension",
    arguments: [
      ([0xFF, 0xD8, 0xFF, 0xE0], "jpg"), ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], "png"),
      (Array("GIF89a".utf8), "gif"),
      (Array("RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8".utf8), "webp"), (Array("%PDF-1.7".utf8), "pdf"),
      ([0, 0, 0, 0x20] + Array("ftypisom".utf8), "mp4"), ([0, 0, 0, 0x20] + Array("ftypavif".utf8), "avif"),
      (Array("text".utf8), nil),
      ([], nil), ([0xFF], nil),
    ] as [([UInt8], String?)])
  func extensions(bytes: [UInt8], name: String?) { #expect(ContentExtension.of(bytes) == name) }

  @Test("A place has one number, which no other has, until the kernel forgets it")
  func numbers() throws {
    let places = PlaceTable()
    let one = RecordPlace.record(RecordKey(model: "Song", id: try #require(Name("é"))))
    let other = RecordPlace.record(RecordKey(model: "Song", id: try #require(Name("e\u{301}"))))
    let inode = places.tell(one)
    #expect(places.number(of: one) == inode && places.number(of: other) != inode)
    #expect(places.tell(one) == inode)
    #expect(try places.place(of: inode) == one)
    places.forget(inode, count: 1)
    #expect(try places.place(of: inode) == one)
    places.forget(inode, count: 1)
    #expect(throws: Errno.ESTALE) { try places.place(of: inode) }
    #expect(places.count == 0)
    #expect(try places.place(of: PlaceTable.root) == .root)
    #expect(places.tell(.root) == PlaceTable.root && places.count == 0)
  }

  @Test("A record is believed for a while, but no answer that may be older than a change")
  func cache() throws {
    let key = RecordKey(model: "Song", id: try #require(Name("1")))
    func record(_ name: String) -> Record { Record(model: "Song", id: "1", values: ["name": .string(name)]) }
    let cache = RecordCache(timeToLive: 60)
    let before = cache.now
    cache.remember(record("a"), key, askedAt: before)
    #expect(cache.record(key) == record("a"))
    cache.changed(key, to: record("b"))
    cache.remember(record("a"), key, askedAt: before)
    #expect(cache.record(key) == record("b"))
    cache.changed(key, to: nil)
    #expect(cache.record(key) == nil)
    let none = RecordCache(timeToLive: 0)
    none.remember(record("a"), key, askedAt: none.now)
    #expect(none.record(key) == nil)
  }
}
