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

  package init(id: String, record: EntryRecord, generation: UInt64) {
    self.id = id
    self.record = record
    self.generation = generation
  }

  static let upsert = """
    INSERT INTO file (id, key, base_etag, base_size, is_exclusive, is_partial, properties, parked_reason,
      is_conflict, generation)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET key = excluded.key, base_etag = excluded.base_etag, base_size = excluded.base_size,
      is_exclusive = excluded.is_exclusive, is_partial = excluded.is_partial, properties = excluded.properties,
      parked_reason = excluded.parked_reason, is_conflict = excluded.is_conflict, generation = excluded.generation
    """

  static let select = """
    SELECT id, key, base_etag, base_size, is_exclusive, is_partial, properties, parked_reason, is_conflict, generation
    FROM file
    """

  /// What ``upsert`` binds.
  var arguments: StatementArguments {
    [
      id, IndexText.encode(record.key.string), (record.base?.value).map(IndexText.encode), record.baseSize,
      record.isExclusive, record.isPartial, PropertiesText.encode(record.properties),
      (record.parked?.reason).map(IndexText.encode),
      record.parked?.isConflict ?? false, Int64(clamping: generation),
    ]
  }

  /// Nil for a row of ``select`` that ``arguments`` did not make.
  init?(_ row: Row) {
    let values = Array(row.databaseValues)
    guard values.count == 10, let id = IndexedFile.id(values[0]), let key = IndexText.decode(values[1]), !key.isEmpty,
      let base = IndexText.decodeOptional(values[2]), let isExclusive = values[4].flag, let isPartial = values[5].flag,
      case .string(let properties) = values[6].storage, properties.utf8.allSatisfy({ $0 < 0x80 }),
      let decoded = PropertiesText.decode(properties), let reason = IndexText.decodeOptional(values[7]),
      let isConflict = values[8].flag, let generation = values[9].integer, generation >= 0
    else { return nil }
    let baseSize = values[3].integer
    guard values[3].isNull || baseSize ?? -1 >= 0 else { return nil }
    self.init(
      id: id,
      record: EntryRecord(
        key: ObjectKey(key), base: base.map { ETag($0) }, baseSize: baseSize, isExclusive: isExclusive,
        isPartial: isPartial, properties: decoded,
        parked: reason.map { EntryRecord.Parked(reason: $0, isConflict: isConflict) }),
      generation: UInt64(generation))
  }

  /// The id in a row; nil when it cannot be the name of a data file.
  static func id(_ value: DatabaseValue) -> String? {
    guard case .string(let id) = value.storage, DataName.isID(id) else { return nil }
    return id
  }
}
