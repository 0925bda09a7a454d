// SPDX-License-Identifier: Apache-2.0

import GRDB

/// The look-up from path to record, of the attachment fields that the schema has now.
enum PathIndex {
  /// Builds the index of a model anew when its attachment fields are others than when it was built.
  static func ensure(_ model: RecordModel, _ db: Database) throws {
    let fields = model.attachments.map(\.name).sorted().joined(separator: " ")
    let select = try db.cachedStatement(sql: "SELECT fields FROM indexed WHERE model = ?")
    guard try String.fetchOne(select, arguments: [model.name]) != fields else { return }
    try db.execute(sql: "DELETE FROM attachment WHERE model = ?", arguments: [model.name])
    var start = ""
    while true {
      let records = try RecordRow.fetch(model, after: start, limit: 1_000, db)
      guard let last = records.last else { break }
      start = last.id
      for record in records { try add(record, model, db) }
    }
    try db.execute(sql: "INSERT OR REPLACE INTO indexed VALUES (?, ?)", arguments: [model.name, fields])
  }

  static func add(_ record: Record, _ model: RecordModel, _ db: Database) throws {
    let insert = try db.cachedStatement(sql: "INSERT INTO attachment VALUES (?, ?, ?)")
    for path in model.paths(of: record) { try insert.execute(arguments: [model.name, record.id, path]) }
  }

  static func remove(_ model: RecordModel, _ id: String, _ db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM attachment WHERE model = ? AND id = ?").execute(arguments: [
      model.name, id,
    ])
  }
}
