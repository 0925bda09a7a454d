// SPDX-License-Identifier: Apache-2.0
//
// What directories say about themselves, for a store that does not keep it.
//
// For: modes, owners, times and extended attributes of directories on stores that drop the metadata of markers (SeaweedFS). Table
// `directory`, a row for each that says anything, by the key of its marker. Committed without a sync: a power loss may take the
// attributes of a moment back, as it may with those of a file.

import GRDB
import S3Client

extension CacheIndex {
  /// Nil when nothing was noted, or it cannot be read.
  func properties(ofDirectory key: ObjectKey) throws(CacheIndexFailure) -> ObjectProperties? {
    try perform("read") { db in
      let row = try Row.fetchOne(
        db.cachedStatement(sql: "SELECT properties FROM directory WHERE key = ?"),
        arguments: [IndexText.encode(key.string)])
      return row.flatMap { IndexText.decode($0[0]) }.flatMap { PropertiesText.decode($0) }
    }
  }

  func save(_ properties: ObjectProperties, ofDirectory key: ObjectKey) throws(CacheIndexFailure) {
    try perform("write to") { db in
      try db.cachedStatement(sql: "INSERT OR REPLACE INTO directory (key, properties) VALUES (?, ?)").execute(
        arguments: [IndexText.encode(key.string), IndexText.encode(PropertiesText.encode(properties))])
    }
  }

  func removeDirectory(_ key: ObjectKey) throws(CacheIndexFailure) {
    try perform("write to") { db in
      try db.cachedStatement(sql: "DELETE FROM directory WHERE key = ?").execute(
        arguments: [IndexText.encode(key.string)])
    }
  }

  /// The directory of marker `from`, and all below it, have another place. What was noted of earlier directories there goes.
  func moveDirectories(from: ObjectKey, to: ObjectKey) throws(CacheIndexFailure) {
    try perform("write to") { db in
      try db.inTransaction {
        try CacheIndex.moveDirectories(from: from.string, to: to.string, isForced: true, db)
        return .commit
      }
    }
  }

  /// - Parameter isForced: also when nothing was noted below `from`; else it may have moved already.
  static func moveDirectories(from: String, to: String, isForced: Bool = false, _ db: Database) throws {
    let rows = try Row.fetchAll(db, sql: "SELECT key, properties FROM directory").compactMap { row in
      IndexText.decode(row[0]).map { (key: $0, properties: row[1] as DatabaseValue) }
    }
    let moved = rows.filter { $0.key.utf8.starts(with: from.utf8) }
    guard isForced || !moved.isEmpty else { return }
    for row in rows where row.key.utf8.starts(with: from.utf8) || row.key.utf8.starts(with: to.utf8) {
      try db.execute(sql: "DELETE FROM directory WHERE key = ?", arguments: [IndexText.encode(row.key)])
    }
    for row in moved {
      let name = String(Substring(row.key.utf8.dropFirst(from.utf8.count)))
      try db.execute(
        sql: "INSERT OR REPLACE INTO directory (key, properties) VALUES (?, ?)",
        arguments: [IndexText.encode(to + name), row.properties])
    }
  }

  var hasDirectories: Bool {
    get throws(CacheIndexFailure) {
      try perform("read") { try Row.fetchOne($0, sql: "SELECT 1 FROM directory LIMIT 1") != nil }
    }
  }
}
