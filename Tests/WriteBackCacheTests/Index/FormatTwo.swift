// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
import S3Client

@testable import WriteBackCache

/// A cache directory as the pail wrote it whose index knew nothing of restarts.
enum FormatTwo {
  private static let schema = """
    CREATE TABLE file (
      id TEXT NOT NULL PRIMARY KEY, key TEXT NOT NULL, base_etag TEXT, base_size INTEGER, is_exclusive INTEGER NOT NULL,
      properties TEXT NOT NULL, parked_reason TEXT, is_conflict INTEGER NOT NULL, generation INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE upload (
      file_id TEXT NOT NULL PRIMARY KEY REFERENCES file (id) ON DELETE CASCADE, upload_id TEXT NOT NULL,
      checksums TEXT NOT NULL, part_size INTEGER NOT NULL, begun_at INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE part (
      file_id TEXT NOT NULL REFERENCES upload (file_id) ON DELETE CASCADE, number INTEGER NOT NULL,
      length INTEGER NOT NULL, etag TEXT NOT NULL, crc32 INTEGER NOT NULL, PRIMARY KEY (file_id, number)
    ) WITHOUT ROWID;
    CREATE TABLE quarantine (id TEXT NOT NULL PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
    """

  /// Makes the directory `path` with dirty files and one data file without a row ("a3").
  static func make(_ path: String, _ records: [String: EntryRecord]) throws {
    mkdir(path, 0o700)
    mkdir(path + "/data", 0o700)
    try FormatOne.write("2\n", to: path + "/format")
    let queue = try DatabaseQueue(path: path + "/index.sqlite")
    try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = WAL") }
    try queue.write { db in
      try db.execute(sql: schema)
      for (id, record) in records {
        let row = IndexedFile(id: id, record: record, generation: 1)
        try db.execute(
          sql: "INSERT INTO file VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
          arguments: [
            id, IndexText.encode(record.key.string), (record.base?.value).map(IndexText.encode), record.baseSize,
            record.isExclusive, PropertiesText.encode(record.properties),
            (record.parked?.reason).map(IndexText.encode), record.parked?.isConflict ?? false,
            Int64(row.generation),
          ])
      }
    }
    try queue.close()
    for id in records.keys { try FormatOne.write("bytes of \(id)", to: "\(path)/data/\(id)") }
    try FormatOne.write("clean, or not", to: path + "/data/a3")
  }
}
