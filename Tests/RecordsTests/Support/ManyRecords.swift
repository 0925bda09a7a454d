// SPDX-License-Identifier: Apache-2.0

import GRDB
import Records

/// Many records at once: one transaction instead of a sync for each.
enum ManyRecords {
  /// Adds songs `song-000001` and so on with a file each, `images/song-000001`.
  ///
  /// - Parameter path: of a database that a store has made.
  static func addSongs(_ count: Int, to path: String) async throws {
    let time = "2026-01-01T00:00:00.000Z"
    let database = try DatabaseQueue(path: path)
    try await database.write { db in
      try db.execute(sql: "INSERT OR REPLACE INTO indexed VALUES ('Song', 'coverArtPath')")
      let (record, attachment) = (
        try db.makeStatement(sql: "INSERT INTO record VALUES ('Song', ?, ?)"),
        try db.makeStatement(sql: "INSERT INTO attachment VALUES ('Song', ?, ?)")
      )
      for number in 1...count {
        let id = "song-" + String(String(1_000_000 + number).dropFirst())
        let values: RecordValue = [
          "id": .string(id), "name": .string("number \(number)"), "coverArtPath": .string("images/\(id)"),
          "createdAt": .string(time), "updatedAt": .string(time),
        ]
        try record.execute(arguments: [id, values.json()])
        try attachment.execute(arguments: [id, "images/\(id)"])
      }
    }
    try database.close()
  }
}
