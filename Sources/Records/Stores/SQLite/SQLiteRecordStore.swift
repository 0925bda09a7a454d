// SPDX-License-Identifier: Apache-2.0
//
// Records in one SQLite file: the store for those who have no backend.
//
// For: everything that needs no other machine. A record is one row, its values one JSON text, so that a schema may change without
// a migration; the paths of its attachment fields stand once more in a table of their own, with an index, for the look-up from file to
// record. Filters and conditions are evaluated here, by the code that tests compare with AppSync.
// State: a pool of connections (WAL: readers and one writer at once, in any number of processes). Each change is on the disk when
// the call returns (synchronous=FULL). Any task may call.
// What can go wrong: "StoreFailed": a file that cannot be opened, a full or broken disk, a writer that holds on for half a minute.

import FoundationEssentials
import GRDB
import Locking

/// Records in one SQLite file.
public final class SQLiteRecordStore: RecordStore {
  public let identity: String
  public var findsPathsQuickly: Bool { true }
  public var readsMayBeStale: Bool { false }
  let path: String
  let pool: DatabasePool
  /// Seconds since 1970, for tests.
  let now: @Sendable () -> Double

  /// Opens a file, or makes one, for this user only.
  ///
  /// - Throws: "StoreFailed".
  public convenience init(path: String) throws(RecordError) {
    try self.init(path: path, now: { Date().timeIntervalSince1970 })
  }

  package init(path: String, now: @escaping @Sendable () -> Double) throws(RecordError) {
    self.path = path
    self.now = now
    do {
      try SQLiteFile.make(path)
      identity = "sqlite \(SQLiteFile.absolute(path))"
      pool = try DatabasePool(path: path, configuration: SQLiteRecordStore.configuration)
      try pool.write { db in try SQLiteSchema.prepare(db) }
    } catch {
      throw SQLiteRecordStore.failure(error, path)
    }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "pail.records"
    configuration.busyMode = .timeout(30)
    configuration.maximumReaderCount = 4
    configuration.prepareDatabase { db in
      // A record that was acknowledged outlives a power loss: GRDB's setting for this mode is NORMAL.
      try db.execute(sql: "PRAGMA synchronous = FULL")
    }
    return configuration
  }

  public func close() async { try? pool.close() }

  // MARK: RecordStore

  public func create(_ model: RecordModel, id: String, values: [String: RecordValue]) async throws(RecordError)
    -> Record
  {
    try await write { store, db in
      let time = TimestampText.text(store.now())
      var values = values.filter { !$0.value.isNull }
      values["createdAt"] = .string(time)
      values["updatedAt"] = .string(time)
      values[model.keyName] = .string(id)
      guard try RecordRow.fetch(model, id, db) == nil else {
        throw RecordError(.recordExists, "there is a \(model.name) \(id) already")
      }
      return try RecordRow.store(Record(model: model.name, id: id, values: values), model, db)
    }
  }

  public func get(_ model: RecordModel, id: String) async throws(RecordError) -> Record? {
    try await read { db in try RecordRow.fetch(model, id, db) }
  }

  public func update(
    _ model: RecordModel, id: String, values: [String: RecordValue], if condition: RecordFilter?
  ) async throws(RecordError) -> Record {
    try await write { store, db in
      let old = try SQLiteRecordStore.require(model, id, condition, db)
      var new = old.values
      for (name, value) in values { new[name] = value.isNull ? nil : value }
      // Later than before, whatever the clock says: the time is what conditional changes go by.
      new["updatedAt"] = .string(TimestampText.text(store.now(), after: old.updatedAt))
      return try RecordRow.store(Record(model: model.name, id: id, values: new), model, db)
    }
  }

  public func delete(_ model: RecordModel, id: String, if condition: RecordFilter?) async throws(RecordError) -> Record
  {
    try await write { _, db in
      let old = try SQLiteRecordStore.require(model, id, condition, db)
      try RecordRow.delete(model, id, db)
      return old
    }
  }

  public func list(
    _ model: RecordModel, filter: RecordFilter?, limit: Int, nextToken: String?
  ) async throws(RecordError) -> RecordPage {
    let start = try nextToken.map { (token) throws(RecordError) in try PageToken.id(in: token, of: model.name) } ?? ""
    return try await read { db in
      let records = try RecordRow.fetch(model, after: start, limit: limit, db)
      let token = records.count < limit ? nil : records.last.map { PageToken.make($0.id, of: model.name) }
      return RecordPage(
        records: filter.map { filter in records.filter { filter.matches($0.values) } } ?? records, nextToken: token)
    }
  }

  public func records(with path: String, in model: RecordModel) async throws(RecordError) -> [Record] {
    try await write { _, db in try RecordRow.fetch(model, naming: path, db) }
  }

  private static func require(_ model: RecordModel, _ id: String, _ condition: RecordFilter?, _ db: Database) throws
    -> Record
  {
    guard let record = try RecordRow.fetch(model, id, db) else { throw Records.notFound(model, id) }
    if let condition, !condition.matches(record.values) {
      throw RecordError(.conditionFailed, "\(model.name) \(id) is not as it was expected to be")
    }
    return record
  }

  // MARK: Access

  private func write<Value: Sendable>(
    _ body: @escaping @Sendable (SQLiteRecordStore, Database) throws -> Value
  ) async throws(RecordError) -> Value {
    do {
      // In a task of its own: a change is made or not, and nobody who is cancelled has to wonder.
      return try await Task { try await pool.write { db in try body(self, db) } }.value
    } catch {
      throw SQLiteRecordStore.failure(error, path)
    }
  }

  private func read<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(RecordError)
    -> Value
  {
    do {
      return try await pool.read(body)
    } catch {
      throw SQLiteRecordStore.failure(error, path)
    }
  }

  private static func failure(_ error: any Error, _ path: String) -> RecordError {
    if let known = error as? RecordError { return known }
    if error is CancellationError { return RecordError(.canceled, "the operation was cancelled") }
    return RecordError(.storeFailed, "the database \(path) cannot be used: \(error)")
  }
}
