// SPDX-License-Identifier: Apache-2.0
//
// What workflows are about to do to files, so that after a crash exactly those files are looked at.
//
// For: workflows note, repair settles. State: `journal.sqlite` in a private directory, shared by all processes of the user; an entry
// belongs to a process that lives, or to nobody. A process that lives holds a lock on a file of its own, `owner-…`; whoever
// gets that lock knows that it is dead. Each note is on the disk when the call returns (synchronous=FULL).
// Any task may call. What can go wrong: a full or broken disk, told before the step that was to be noted.

import FoundationEssentials
import GRDB
import Glibc
import Locking

final class WorkflowJournal: Sendable {
  /// Tells the store and the bucket: a journal may have entries of several.
  let scope: String
  private let directory: String
  private let owner: JournalOwner
  private let database: DatabaseQueue

  /// - Parameters:
  ///   - directory: made when needed, for this user only.
  ///   - scope: of the store and bucket that entries are about.
  /// - Throws: "JournalFailed".
  init(directory: String, scope: String) throws(RecordError) {
    self.scope = scope
    self.directory = directory
    do {
      try JournalOwner.makeDirectory(directory)
      owner = try JournalOwner(directory: directory)
      database = try DatabaseQueue(path: directory + "/journal.sqlite", configuration: WorkflowJournal.configuration)
      try database.write { db in
        try db.execute(
          sql: """
            CREATE TABLE IF NOT EXISTS entry (
              id TEXT PRIMARY KEY, scope TEXT NOT NULL, owner TEXT, model TEXT NOT NULL, record TEXT NOT NULL,
              noted REAL NOT NULL) STRICT;
            CREATE TABLE IF NOT EXISTS path (
              entry TEXT NOT NULL REFERENCES entry ON DELETE CASCADE, path TEXT NOT NULL, isAdded INTEGER NOT NULL,
              PRIMARY KEY (entry, path, isAdded)) STRICT, WITHOUT ROWID;
            """)
      }
    } catch {
      throw WorkflowJournal.failure(error, directory)
    }
  }

  private static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "pail.records.journal"
    configuration.journalMode = .wal
    configuration.busyMode = .timeout(30)
    configuration.prepareDatabase { db in
      // What was noted must outlive a power loss: GRDB's setting for this mode is NORMAL.
      try db.execute(sql: "PRAGMA synchronous = FULL")
    }
    return configuration
  }

  /// Lets go of entries that have not ended: others may settle them.
  func close() async {
    _ = try? await abandonAll()
    owner.release()
  }

  /// As the end of the process would, without a word to the entries.
  func die() { owner.release() }

  // MARK: Noting

  func begin(_ model: RecordModel, _ recordID: String, removing removed: [String] = []) async throws(RecordError)
    -> WorkflowEntry
  {
    let entry = WorkflowEntry(
      id: UUIDText.make(), model: model.name, recordID: recordID, notedAt: WorkflowJournal.now, removed: removed)
    try await write { [scope, owner = owner.name] db in
      try db.execute(
        sql: "INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?)",
        arguments: [entry.id, scope, owner, entry.model, entry.recordID, entry.notedAt])
      for path in removed { try WorkflowJournal.insert(path, isAdded: false, entry.id, db) }
    }
    return entry
  }

  func note(added path: String, in entry: WorkflowEntry) async throws(RecordError) {
    try await write { db in try WorkflowJournal.insert(path, isAdded: true, entry.id, db) }
  }

  /// What an attempt that begins now gives up, in the place of what was noted before.
  func note(removed paths: [String], in entry: WorkflowEntry) async throws(RecordError) {
    try await write { db in
      try db.execute(sql: "DELETE FROM path WHERE entry = ? AND NOT isAdded", arguments: [entry.id])
      try db.execute(sql: "UPDATE entry SET noted = ? WHERE id = ?", arguments: [WorkflowJournal.now, entry.id])
      for path in paths { try WorkflowJournal.insert(path, isAdded: false, entry.id, db) }
    }
  }

  /// What was uploaded is attached.
  func forgetAdded(in entry: WorkflowEntry) async throws(RecordError) {
    try await write { db in try db.execute(sql: "DELETE FROM path WHERE entry = ? AND isAdded", arguments: [entry.id]) }
  }

  private static func insert(_ path: String, isAdded: Bool, _ entry: String, _ db: Database) throws {
    try db.execute(sql: "INSERT OR IGNORE INTO path VALUES (?, ?, ?)", arguments: [entry, path, isAdded])
  }

  /// The workflow is over, and nothing is left to do.
  func end(_ entry: WorkflowEntry) async throws(RecordError) {
    try await write { db in try db.execute(sql: "DELETE FROM entry WHERE id = ?", arguments: [entry.id]) }
  }

  /// The workflow has stopped, and something may be left to do.
  func abandon(_ entry: WorkflowEntry) async throws(RecordError) {
    try await write { db in try db.execute(sql: "UPDATE entry SET owner = NULL WHERE id = ?", arguments: [entry.id]) }
  }

  private func abandonAll() async throws(RecordError) {
    try await write { [owner = owner.name] db in
      try db.execute(sql: "UPDATE entry SET owner = NULL WHERE owner = ?", arguments: [owner])
    }
  }

  // MARK: Settling

  /// Takes over the entries of the dead and of nobody, for this store and bucket.
  ///
  /// - Parameter age: in seconds.
  /// - Returns: them, and how many are younger.
  func takeAbandoned(olderThan age: Double) async throws(RecordError) -> (entries: [WorkflowEntry], young: Int) {
    let owners = try await write { db in
      try String.fetchAll(db, sql: "SELECT DISTINCT owner FROM entry WHERE owner IS NOT NULL")
    }
    let dead = owners.filter { $0 != owner.name && !JournalOwner.isAlive($0, in: directory) }
    let mine = owner.name
    return try await write { [scope] db in
      for name in dead { try db.execute(sql: "UPDATE entry SET owner = NULL WHERE owner = ?", arguments: [name]) }
      let ids = try String.fetchAll(
        db, sql: "SELECT id FROM entry WHERE owner IS NULL AND scope = ? AND noted <= ? ORDER BY rowid",
        arguments: [scope, WorkflowJournal.now - age])
      let young = try Int.fetchOne(
        db, sql: "SELECT COUNT(*) FROM entry WHERE owner IS NULL AND scope = ? AND noted > ?",
        arguments: [scope, WorkflowJournal.now - age])
      var entries: [WorkflowEntry] = []
      for id in ids {
        try db.execute(sql: "UPDATE entry SET owner = ? WHERE id = ?", arguments: [mine, id])
        if let entry = try WorkflowJournal.entry(id, db) { entries.append(entry) }
      }
      return (entries, young ?? 0)
    }
  }

  /// All paths that workflows of this store and bucket are about to do something to.
  func pathsUnderWay() async throws(RecordError) -> Set<String> {
    try await write { [scope] db in
      try String.fetchSet(
        db, sql: "SELECT path FROM path JOIN entry ON entry.id = path.entry WHERE scope = ?", arguments: [scope])
    }
  }

  /// With all that was noted since it began.
  func current(_ entry: WorkflowEntry) async throws(RecordError) -> WorkflowEntry {
    try await write { db in try WorkflowJournal.entry(entry.id, db) } ?? entry
  }

  private static func entry(_ id: String, _ db: Database) throws -> WorkflowEntry? {
    guard let row = try Row.fetchOne(db, sql: "SELECT model, record, noted FROM entry WHERE id = ?", arguments: [id])
    else {
      return nil
    }
    var entry = WorkflowEntry(id: id, model: row["model"], recordID: row["record"], notedAt: row["noted"])
    for row in try Row.fetchAll(db, sql: "SELECT path, isAdded FROM path WHERE entry = ?", arguments: [id]) {
      if row["isAdded"] { entry.added.append(row["path"]) } else { entry.removed.append(row["path"]) }
    }
    return entry
  }

  private func write<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(RecordError)
    -> Value
  {
    do {
      // In a task of its own: whoever is cancelled still has something to note.
      return try await Task { [database] in try await database.write(body) }.value
    } catch {
      throw WorkflowJournal.failure(error, directory)
    }
  }

  private static var now: Double { Date().timeIntervalSince1970 }

  private static func failure(_ error: any Error, _ directory: String) -> RecordError {
    if let known = error as? RecordError { return known }
    if error is CancellationError { return RecordError(.canceled, "the operation was cancelled") }
    return RecordError(.journalFailed, "the journal in \(directory) cannot be used: \(error)")
  }
}
