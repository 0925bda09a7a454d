// SPDX-License-Identifier: Apache-2.0

import GRDB
package import Transfer

/// Multipart uploads that a later run can go on with. Parts are a saving, not a duty: of a row that cannot be read only the
/// saving is lost.
extension CacheIndex {
  /// Notes the upload of the dirty file `id` with its parts, in place of an earlier one.
  package func save(_ upload: IndexedUpload, of id: String) throws(CacheIndexFailure) {
    try perform("write to") { db in
      try db.inTransaction {
        // Replacing deletes, and the parts go with what is deleted.
        try db.cachedStatement(
          sql: """
            INSERT OR REPLACE INTO upload (file_id, \(IndexedUpload.columns), begun_at)
            VALUES (?, ?, ?, ?, ?, ?, CAST(strftime('%s', 'now') AS INTEGER))
            """
        ).execute(arguments: upload.arguments(id))
        for part in upload.parts { try CacheIndex.insert(part, of: id, into: db) }
        return .commit
      }
    }
  }

  /// Notes a part of the present upload of `id`, in place of an earlier one of that number.
  package func save(_ part: SentPart, of id: String) throws(CacheIndexFailure) {
    try perform("write to") { try CacheIndex.insert(part, of: id, into: $0) }
  }

  private static func insert(_ part: SentPart, of id: String, into db: Database) throws {
    try db.cachedStatement(
      sql: "INSERT OR REPLACE INTO part (file_id, number, length, etag, crc32) VALUES (?, ?, ?, ?, ?)"
    ).execute(arguments: part.arguments(id))
  }

  /// Forgets the upload of `id` with its parts: it was completed or aborted.
  package func removeUpload(of id: String) throws(CacheIndexFailure) {
    try perform("write to") {
      try $0.cachedStatement(sql: "DELETE FROM upload WHERE file_id = ?").execute(arguments: [id])
    }
  }

  /// The upload of `id` with those parts that can be read; nil when there is none.
  package func upload(of id: String) throws(CacheIndexFailure) -> IndexedUpload? {
    try perform("read") { db in
      let row = try Row.fetchOne(
        db, sql: "SELECT \(IndexedUpload.columns) FROM upload WHERE file_id = ?", arguments: [id])
      guard let row, var upload = IndexedUpload(row) else { return nil }
      let parts = try Row.fetchCursor(
        db, sql: "SELECT number, length, etag, crc32 FROM part WHERE file_id = ? ORDER BY number", arguments: [id])
      while let row = try parts.next() {
        if let part = SentPart.decode(row) { upload.parts.append(part) }
      }
      return upload
    }
  }
}
