// SPDX-License-Identifier: Apache-2.0
//
// The bytes of small files, in the index itself.
//
// For: a close in `delayed` mode that promises what a power loss must not take. A large file is synced, then its name, then the
// index; of a small one the bytes go into the index with its row, and one sync of the log makes all durable. The data file is there as
// always and is what is read and uploaded; the next run makes it what the index says.
// State: a row of table `content` for each such file, there only as long as the file's row says which bytes were synced. It goes
// before the first change of the file, in the commit that says so. All calls block.
// What can go wrong: a data file cannot be written at the start; then it is judged as it is.

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

  /// Tells `body` each file whose bytes are here, in the order of their ids.
  func contents(_ body: (_ id: String, _ bytes: [UInt8]) -> Void) throws(CacheIndexFailure) {
    try perform("read") { db in
      let rows = try Row.fetchCursor(
        db,
        sql: """
          SELECT content.file_id, content.bytes FROM content JOIN file ON file.id = content.file_id
          WHERE file.synced_generation IS NOT NULL ORDER BY content.file_id
          """)
      while let row = try rows.next() {
        guard let id = IndexedFile.id(row[0]), let bytes = Data.fromDatabaseValue(row[1]) else { continue }
        body(id, [UInt8](bytes))
      }
    }
  }
}
