// SPDX-License-Identifier: Apache-2.0
//
// The bytes of small files, in the index itself.
//
// For: a close in `delayed` mode that promises what a power loss must not take. A large file is synced, then its name, then the
// index; of a small one the bytes go into the index with its row, and one sync of the log makes all durable. The data file is there as
// always and is what is read and uploaded; the next run makes it what the index says.
// State: a row of table `content` for each such file: what was synced last, until something newer is synced or in the bucket. After a
// restart of the machine it is the file, also when that was changed since: the change was promised to nobody, and what is on the disk
// may be zeros. After a mere crash the data file is right. All calls block.
// What can go wrong: a data file cannot be written at the start; then it is reported as unreadable, and both rows stay.

private import struct Foundation.Data
import GRDB

extension CacheIndex {
  /// Bytes up to which a file's content is kept here: a page of a database or four cost no more than syncing a file.
  static let mostContent: Int64 = 16 << 10

  static func save(_ content: [UInt8], of id: String, in db: Database) throws {
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO content (file_id, bytes) VALUES (?, ?)")
      .execute(arguments: [id, Data(content)])
  }

  static func removeContent(of id: String, in db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM content WHERE file_id = ?").execute(arguments: [id])
  }

  /// Tells `body` each file whose bytes are here, in the order of their ids, and whether it was not changed since.
  func contents(_ body: (_ id: String, _ bytes: [UInt8], _ isSynced: Bool) -> Void) throws(CacheIndexFailure) {
    try perform("read") { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT content.file_id, content.bytes, file.synced_generation IS NOT NULL
          FROM content JOIN file ON file.id = content.file_id ORDER BY content.file_id
          """)
      while let row = try rows.next() {
        guard let id = IndexedFile.id(row[0]), let bytes = Data.fromDatabaseValue(row[1]) else { continue }
        body(id, [UInt8](bytes), row[2])
      }
    }
  }

  /// The files are what was synced of them last.
  func noteRestored(_ sizes: [String: Int]) throws(CacheIndexFailure) {
    guard !sizes.isEmpty else { return }
    try perform("write to") { db in
      try db.inTransaction {
        for (id, size) in sizes {
          try db.execute(
            sql: "UPDATE file SET synced_generation = generation, synced_size = ? WHERE id = ?", arguments: [size, id])
        }
        return .commit
      }
    }
  }
}
