// SPDX-License-Identifier: Apache-2.0

import GRDB

/// What the index remembers of the directory and the bucket as a whole.
enum IndexFact: String, Sendable {
  /// The run of the machine in which the directory was used last.
  case bootID = "boot_id"
  /// The store, by its `S3Client.storeName`, that keeps the conditions of writes.
  case conditionalWrites = "conditional_writes"
}

extension CacheIndex {
  /// Nil when nobody has noted it, or it cannot be read.
  func fact(_ fact: IndexFact) throws(CacheIndexFailure) -> String? {
    try perform("read") { db in
      let row = try Row.fetchOne(db, sql: "SELECT value FROM fact WHERE name = ?", arguments: [fact.rawValue])
      return row.flatMap { IndexText.decode($0[0]) }
    }
  }

  func save(_ value: String, as fact: IndexFact) throws(CacheIndexFailure) {
    try perform("write to") { try CacheIndex.set(value, fact, in: $0) }
  }

  private static func set(_ value: String, _ fact: IndexFact, in db: Database) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)",
      arguments: [fact.rawValue, IndexText.encode(value)])
  }

  /// Notes the present run of the machine, together with what that makes of the rows: with either alone, the next start would
  /// believe what this one did not.
  func begin(bootID: String, saving files: [IndexedFile], removing ids: [String]) throws(CacheIndexFailure) {
    try perform("write to") { db in
      try db.inTransaction {
        for file in files { try db.cachedStatement(sql: IndexedFile.upsert).execute(arguments: file.arguments) }
        for id in ids { try db.execute(sql: "DELETE FROM file WHERE id = ?", arguments: [id]) }
        try CacheIndex.set(bootID, .bootID, in: db)
        return .commit
      }
    }
  }

  /// Adds to the index of format 2 to 5 at `path` what format 6 has; does nothing to one that has it.
  static func upgrade(path: String) throws(CacheIndexFailure) {
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      defer { try? queue.close() }
      try queue.inTransaction { db in
        for (table, column, sql) in IndexSchema.additions {
          let isThere =
            if let column {
              try db.columns(in: table).contains { $0.name == column }
            } else {
              try db.tableExists(table)
            }
          if !isThere { try db.execute(sql: sql) }
        }
        return .commit
      }
    } catch let error as DatabaseError where error.resultCode == .SQLITE_ERROR {
      // A table that all formats have is missing.
      throw CacheIndexFailure(damaged: error.message ?? "it has no tables", action: "upgrade", path: path)
    } catch {
      throw CacheIndexFailure(error, systemCode: 0, action: "upgrade", path: path)
    }
  }
}
