// SPDX-License-Identifier: Apache-2.0

import S3Client
import Testing
import WriteBackCache

@Suite("Entry record") struct EntryRecordTests {
  private static let full: EntryRecord = {
    var properties = ObjectProperties(
      contentType: "text/plain; charset=utf-8", metadata: ["mtime": "1.500000000", "who": "a b%c"])
    properties.contentDisposition = "attachment; filename=\"x\""
    properties.contentEncoding = "gzip"
    properties.contentLanguage = "de"
    properties.cacheControl = "no-store"
    return EntryRecord(
      key: ObjectKey("a b/ü\n%.txt"), base: ETag("\"abc-2\""), isExclusive: true, properties: properties,
      parked: EntryRecord.Parked(reason: "PutObject: AccessDenied (403)", isConflict: false))
  }()

  @Test func comesBackWhole() { #expect(EntryRecord(decoding: Self.full.encoded) == Self.full) }

  @Test func aConflictIsToldFromARefusal() throws {
    var record = Self.full
    record.parked?.isConflict = true
    #expect(record.encoded.contains("\nconflict PutObject:%20AccessDenied%20(403)\n"))
    #expect(EntryRecord(decoding: record.encoded) == record)
  }

  @Test func comesBackWithLittle() {
    let record = EntryRecord(key: ObjectKey("k"), base: nil, isExclusive: false, properties: ObjectProperties())
    #expect(EntryRecord(decoding: record.encoded) == record)
    #expect(record.encoded == "pail-entry 1\nkey k\nend\n")
  }

  @Test func isRefusedWhenTorn() {
    let text = Self.full.encoded
    for length in 0..<text.utf8.count {
      #expect(EntryRecord(decoding: String(decoding: text.utf8.prefix(length), as: UTF8.self)) == nil)
    }
  }

  @Test(arguments: [
    "", "pail-entry 2\nkey k\nend\n", "pail-entry 1\nend\n", "pail-entry 1\nkey %\nend\n",
    "pail-entry 1\nkey %GG\nend\n",
    "pail-entry 1\nkey k\nnews x\nend\n", "pail-entry 1\nkey k\nmeta one\nend\n", "pail-entry 1\nkey\nend\n",
    "pail-entry 1\nkey %ff\nend\n",
  ])
  func isRefusedWhenForeign(text: String) { #expect(EntryRecord(decoding: text) == nil) }
}
