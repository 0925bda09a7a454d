// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The tables of a file with records.
enum SQLiteSchema {
  /// "Pail" (https://sqlite.org/pragma.html#pragma_application_id): what other programs have is not written into.
  static let applicationID = 0x5061_696C
  static let version = 1

  static func prepare(_ db: Database) throws {
    let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
    if application == applicationID {
      guard version <= self.version else {
        throw RecordError(.storeFailed, "the database is of a newer version of Pail", remedy: "Update Pail.")
      }
      return
    }
    let tables = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM sqlite_master") ?? 0
    guard application == 0, version == 0, tables == 0 else {
      throw RecordError(.storeFailed, "the database is another program's", remedy: "Give another file.")
    }
    try db.execute(
      sql: """
        CREATE TABLE record (
          model TEXT NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (model, id)) STRICT, WITHOUT ROWID;
        CREATE TABLE attachment (
          model TEXT NOT NULL, id TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (path, model, id)) STRICT, WITHOUT ROWID;
        CREATE INDEX attachmentRecord ON attachment (model, id);
        CREATE TABLE indexed (model TEXT PRIMARY KEY, fields TEXT NOT NULL) STRICT, WITHOUT ROWID;
        PRAGMA application_id = \(applicationID);
        PRAGMA user_version = \(self.version);
        """)
  }
}
