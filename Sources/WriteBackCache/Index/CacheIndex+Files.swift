// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Dirty files.
extension CacheIndex {
  /// What an index says about data files.
  package struct Contents: Sendable {
    /// In the order of their ids.
    package var files: [IndexedFile] = []
    /// Ids of rows that cannot be read.
    package var unreadable: [String] = []
    /// Ids of data files of which nobody knows what they are, with the reason.
    package var quarantined: [String: String] = [:]
    /// Rows whose very id cannot be read: any data file may belong to them.
    package var namelessRows = 0
  }

  /// Notes that `id` is dirty, and what it shall become.
  ///
  /// - Parameters:
  ///   - content: what happens to the bytes in the index.
  ///   - replaced: another file, which is forgotten in the same commit.
  package func save(
    _ file: IndexedFile, content: ContentChange = .keep, replacing replaced: String? = nil
  ) throws(CacheIndexFailure) {
    try perform("write to") { db in
      func upsert() throws { try db.cachedStatement(sql: IndexedFile.upsert).execute(arguments: file.arguments) }
      if case .keep = content, replaced == nil { return try upsert() }
      try db.inTransaction {
        if let replaced { try db.cachedStatement(sql: "DELETE FROM file WHERE id = ?").execute(arguments: [replaced]) }
        try upsert()
        switch content {
        case .keep: break
        case .set(let bytes): try CacheIndex.save(bytes, of: file.id, in: db)
        case .remove: try CacheIndex.removeContent(of: file.id, in: db)
        }
        return .commit
      }
    }
  }

  /// What happens to the bytes of a file in the index.
  package enum ContentChange: Sendable {
    case keep, remove
    case set([UInt8])
  }

  /// Forgets `id` with its upload: the bucket has it, or it was unlinked.
  package func remove(_ id: String) throws(CacheIndexFailure) {
    try perform("write to") { try $0.cachedStatement(sql: "DELETE FROM file WHERE id = ?").execute(arguments: [id]) }
  }

  /// Forgets that `id` was quarantined: somebody took it away.
  package func release(quarantined id: String) throws(CacheIndexFailure) {
    try perform("write to") { try $0.execute(sql: "DELETE FROM quarantine WHERE id = ?", arguments: [id]) }
  }

  /// Everything. A row that cannot be decoded stays as it is.
  package func contents() throws(CacheIndexFailure) -> Contents {
    try perform("read") { db in
      var contents = Contents()
      let files = try Row.fetchCursor(db, sql: IndexedFile.select + " ORDER BY id")
      while let row = try files.next() {
        if let file = IndexedFile(row) {
          contents.files.append(file)
        } else if let id = IndexedFile.id(row[0]) {
          contents.unreadable.append(id)
        } else {
          contents.namelessRows += 1
        }
      }
      let quarantined = try Row.fetchCursor(db, sql: "SELECT id, reason FROM quarantine")
      while let row = try quarantined.next() {
        // Of these the name alone matters, and it may be any.
        if let id = String.fromDatabaseValue(row[0]) {
          contents.quarantined[id] = IndexText.decode(row[1]) ?? "it was quarantined"
        } else {
          contents.namelessRows += 1
        }
      }
      return contents
    }
  }
}
