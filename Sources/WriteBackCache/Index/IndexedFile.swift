// SPDX-License-Identifier: Apache-2.0

import GRDB
import S3Client

/// A row of table `file`.
package struct IndexedFile: Equatable, Sendable {
  /// The name of the data file.
  package var id: String
  package var record: EntryRecord
  /// That of the file when the record was written last.
  package var generation: UInt64
  /// What of the bytes would survive a power loss; nil when nobody knows.
  package var synced: Synced?

  /// A state of the data file that was synced to the disk.
  package struct Synced: Equatable, Sendable {
    package var generation: UInt64
    /// Bytes.
    package var size: Int64

    package init(generation: UInt64, size: Int64) { (self.generation, self.size) = (generation, size) }
  }

  package init(id: String, record: EntryRecord, generation: UInt64, synced: Synced? = nil) {
    self.id = id
    self.record = record
    self.generation = generation
    self.synced = synced
  }

  /// Whether a data file of `size` bytes has what this row speaks of, after a power loss too.
  func isWhole(size: Int64) -> Bool { synced == Synced(generation: generation, size: size) }

  static let upsert = """
    INSERT INTO file (id, key, base_etag, base_size, is_exclusive, is_partial, properties, parked_reason,
      is_conflict, generation, is_suspect, synced_generation, synced_size, marks, must_be_absent)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET key = excluded.key, base_etag = excluded.base_etag, base_size = excluded.base_size,
      is_exclusive = excluded.is_exclusive, is_partial = excluded.is_partial, properties = excluded.properties,
      parked_reason = excluded.parked_reason, is_conflict = excluded.is_conflict, generation = excluded.generation,
      is_suspect = excluded.is_suspect, synced_generation = excluded.synced_generation,
      synced_size = excluded.synced_size, marks = excluded.marks,
      must_be_absent = excluded.must_be_absent
    """

  static let select = """
    SELECT id, key, base_etag, base_size, is_exclusive, is_partial, properties, parked_reason, is_conflict, generation,
      is_suspect, synced_generation, synced_size, marks, must_be_absent FROM file
    """

  /// What ``upsert`` binds.
  var arguments: StatementArguments {
    [
      id, IndexText.encode(record.key.string), (record.base?.value).map(IndexText.encode), record.baseSize,
      record.isExclusive, record.isPartial, PropertiesText.encode(record.properties),
      (record.parked?.reason).map(IndexText.encode),
      record.parked?.isConflict ?? false, Int64(clamping: generation), record.parked?.isSuspect ?? false,
      synced.map { Int64(clamping: $0.generation) }, synced?.size, VersionMarksText.encode(record.marks),
      record.mustBeAbsent,
    ]
  }

  /// Nil for a row of ``select`` that ``arguments`` did not make.
  init?(_ row: Row) {
    let values = Array(row.databaseValues)
    guard values.count == 15, let id = IndexedFile.id(values[0]), let key = IndexText.decode(values[1]), !key.isEmpty,
      let base = IndexText.decodeOptional(values[2]), let isExclusive = values[4].flag, let isPartial = values[5].flag,
      case .string(let properties) = values[6].storage, properties.utf8.allSatisfy({ $0 < 0x80 }),
      let decoded = PropertiesText.decode(properties), let reason = IndexText.decodeOptional(values[7]),
      let isConflict = values[8].flag, let generation = values[9].integer, generation >= 0,
      let isSuspect = values[10].flag, let mustBeAbsent = values[14].flag
    else { return nil }
    let baseSize = values[3].integer
    guard values[3].isNull || baseSize ?? -1 >= 0 else { return nil }
    let marks =
      if case .string(let text) = values[13].storage { VersionMarksText.decode(text) } else { [VersionMark]() }
    self.init(
      id: id,
      record: EntryRecord(
        key: ObjectKey(key), base: base.map { ETag($0) }, baseSize: baseSize, isExclusive: isExclusive,
        isPartial: isPartial, properties: decoded, marks: marks, mustBeAbsent: mustBeAbsent,
        parked: reason.map { EntryRecord.Parked(reason: $0, isConflict: isConflict, isSuspect: isSuspect) }),
      generation: UInt64(generation), synced: Synced(generation: values[11], size: values[12]))
  }

  /// The id in a row; nil when it cannot be the name of a data file.
  static func id(_ value: DatabaseValue) -> String? {
    guard case .string(let id) = value.storage, DataName.isID(id) else { return nil }
    return id
  }
}

extension IndexedFile.Synced {
  /// Nil for anything but two numbers: then the bytes are not believed after a power loss.
  fileprivate init?(generation: DatabaseValue, size: DatabaseValue) {
    guard let generation = generation.integer, generation >= 0, let size = size.integer, size >= 0 else { return nil }
    self.init(generation: UInt64(generation), size: size)
  }
}
