// SPDX-License-Identifier: Apache-2.0

import S3Client
import WriteBackCache

extension EntryRecord {
  /// One with everything that a record can have.
  static let full: EntryRecord = {
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

  /// One with as little as possible.
  static func small(_ key: String) -> EntryRecord {
    EntryRecord(key: ObjectKey(key), base: nil, isExclusive: false, properties: ObjectProperties())
  }

  func changed(_ change: (inout EntryRecord) -> Void) -> EntryRecord {
    var record = self
    change(&record)
    return record
  }
}
