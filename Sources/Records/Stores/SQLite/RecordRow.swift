// SPDX-License-Identifier: Apache-2.0

import GRDB

/// Records as rows.
enum RecordRow {
  static func fetch(_ model: RecordModel, _ id: String, _ db: Database) throws -> Record? {
    let select = try db.cachedStatement(sql: "SELECT id, data FROM record WHERE model = ? AND id = ?")
    return try Row.fetchOne(select, arguments: [model.name, id]).map { try record($0, model) }
  }

  /// - Parameter start: an id; those behind it are meant.
  static func fetch(_ model: RecordModel, after start: String, limit: Int, _ db: Database) throws -> [Record] {
    let select = try db.cachedStatement(
      sql: "SELECT id, data FROM record WHERE model = ? AND id > ? ORDER BY id LIMIT ?")
    return try Row.fetchAll(select, arguments: [model.name, start, limit]).map { try record($0, model) }
  }

  /// Within a transaction that may write.
  static func fetch(_ model: RecordModel, naming path: String, _ db: Database) throws -> [Record] {
    try PathIndex.ensure(model, db)
    let select = try db.cachedStatement(
      sql:
        "SELECT record.id, data FROM attachment JOIN record USING (model, id) WHERE path = ? AND model = ? ORDER BY record.id"
    )
    return try Row.fetchAll(select, arguments: [path, model.name]).map { try record($0, model) }
  }

  static func store(_ record: Record, _ model: RecordModel, _ db: Database) throws -> Record {
    try PathIndex.ensure(model, db)
    try db.cachedStatement(sql: "INSERT OR REPLACE INTO record VALUES (?, ?, ?)")
      .execute(arguments: [model.name, record.id, RecordValue.object(record.values).json()])
    try PathIndex.remove(model, record.id, db)
    try PathIndex.add(record, model, db)
    return record
  }

  static func delete(_ model: RecordModel, _ id: String, _ db: Database) throws {
    try db.cachedStatement(sql: "DELETE FROM record WHERE model = ? AND id = ?").execute(arguments: [model.name, id])
    try PathIndex.remove(model, id, db)
  }

  private static func record(_ row: Row, _ model: RecordModel) throws -> Record {
    let data: String = row["data"]
    return Record(model: model.name, id: row["id"], values: try RecordValue(json: data).object ?? [:])
  }
}
