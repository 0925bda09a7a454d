// SPDX-License-Identifier: Apache-2.0
//
// What records name and what the bucket has, side by side, on the disk: however many there are, memory stays small.
//
// For: check. State: a temporary database that SQLite deletes when it is closed. One task at a time.

import Foundation
import GRDB

final class CheckTables: Sendable {
  private let database: DatabaseQueue

  init() throws(RecordError) {
    var configuration = Configuration()
    configuration.label = "pail.records.check"
    configuration.prepareDatabase { db in
      try db.execute(
        sql: "PRAGMA temp_store = FILE; PRAGMA cache_size = -32768; PRAGMA synchronous = OFF; PRAGMA journal_mode = OFF"
      )
    }
    do {
      // An empty name is a temporary file without a name (https://sqlite.org/inmemorydb.html#temp_db).
      database = try DatabaseQueue(path: "", configuration: configuration)
      try database.write { db in
        try db.execute(
          sql: """
            CREATE TABLE reference (path TEXT NOT NULL, model TEXT NOT NULL, id TEXT NOT NULL, field TEXT NOT NULL);
            CREATE TABLE mention (path TEXT PRIMARY KEY) WITHOUT ROWID;
            CREATE TABLE file (path TEXT PRIMARY KEY, size INTEGER NOT NULL, modified REAL) WITHOUT ROWID;
            """)
      }
    } catch {
      throw CheckTables.failure(error)
    }
  }

  /// - Parameter mentions: texts of other fields that may be paths.
  func add(_ references: [CheckReport.Reference], mentions: [String]) async throws(RecordError) {
    try await write { db in
      let insert = try db.cachedStatement(sql: "INSERT INTO reference VALUES (?, ?, ?, ?)")
      for reference in references {
        try insert.execute(arguments: [reference.path, reference.model, reference.id, reference.field])
      }
      let mention = try db.cachedStatement(sql: "INSERT OR IGNORE INTO mention VALUES (?)")
      for text in mentions { try mention.execute(arguments: [text]) }
    }
  }

  func add(_ files: [CheckReport.Orphan]) async throws(RecordError) {
    try await write { db in
      let insert = try db.cachedStatement(sql: "INSERT OR REPLACE INTO file VALUES (?, ?, ?)")
      for file in files {
        try insert.execute(arguments: [file.path, file.size, file.lastModified?.timeIntervalSince1970])
      }
    }
  }

  func index() async throws(RecordError) {
    try await write { db in try db.execute(sql: "CREATE INDEX referencePath ON reference (path)") }
  }

  /// A page of the references without a file, behind the given rowid.
  func dangling(after row: Int64) async throws(RecordError) -> [(row: Int64, reference: CheckReport.Reference)] {
    try await write { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT rowid, path, model, id, field FROM reference
          WHERE rowid > ? AND NOT EXISTS (SELECT 1 FROM file WHERE file.path = reference.path) ORDER BY rowid LIMIT 500
          """, arguments: [row]
      ).map { ($0["rowid"], CheckTables.reference($0)) }
    }
  }

  /// A page of the files that nothing names, behind the given path.
  func unnamed(after path: String) async throws(RecordError) -> [CheckReport.Orphan] {
    try await write { db in
      try Row.fetchAll(
        db,
        sql: """
          SELECT path, size, modified FROM file
          WHERE path > ? AND NOT EXISTS (SELECT 1 FROM reference WHERE reference.path = file.path)
            AND NOT EXISTS (SELECT 1 FROM mention WHERE mention.path = file.path) ORDER BY path LIMIT 500
          """, arguments: [path]
      ).map { row in
        let modified: Double? = row["modified"]
        return CheckReport.Orphan(
          path: row["path"], size: row["size"], lastModified: modified.map { Date(timeIntervalSince1970: $0) })
      }
    }
  }

  /// The references to paths that several records name.
  func shared(limit: Int) async throws(RecordError) -> (count: Int, references: [CheckReport.Reference]) {
    try await write { db in
      let several = "SELECT path FROM reference GROUP BY path HAVING COUNT(DISTINCT model || ' ' || id) > 1"
      let count = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM (\(several))") ?? 0
      let rows = try Row.fetchAll(
        db, sql: "SELECT * FROM reference WHERE path IN (\(several)) ORDER BY path, model, id LIMIT ?",
        arguments: [limit])
      return (count, rows.map(CheckTables.reference))
    }
  }

  /// Whether any file is one that a record names.
  func hasFiles() async throws(RecordError) -> Bool {
    try await write { db in
      try Bool.fetchOne(db, sql: "SELECT EXISTS (SELECT 1 FROM reference JOIN file USING (path))") ?? false
    }
  }

  func close() { try? database.close() }

  private static func reference(_ row: Row) -> CheckReport.Reference {
    CheckReport.Reference(model: row["model"], id: row["id"], field: row["field"], path: row["path"])
  }

  private func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(RecordError)
    -> Value
  {
    do {
      return try await database.write(body)
    } catch {
      throw CheckTables.failure(error)
    }
  }

  private static func failure(_ error: any Error) -> RecordError {
    if error is CancellationError { return RecordError(.canceled, "the check was cancelled") }
    return RecordError(
      .journalFailed, "the check's temporary file cannot be used: \(error)",
      remedy: "Make room in the directory for temporary files (TMPDIR).")
  }
}
