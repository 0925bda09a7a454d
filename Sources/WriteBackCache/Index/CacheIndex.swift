// SPDX-License-Identifier: Apache-2.0
//
// The list of what the bucket does not have yet, as SQLite keeps it: `index.sqlite` of a cache directory.
//
// For: after kill -9 or a power loss the next run knows every dirty file. A commit appends to the write-ahead log and syncs
// nothing (synchronous=NORMAL), so it costs microseconds and survives the end of the process, however it ends; one fdatasync
// of the log, `sync()`, makes all commits before it survive a power loss (https://sqlite.org/wal.html, "Performance
// Considerations"; https://sqlite.org/pragma.html#pragma_synchronous). SQLite itself syncs log and database around each
// checkpoint, every 1,000 pages.
// State: one connection on GRDB's serial queue, and a descriptor of the log. The directory's lock makes this process the
// only user, so the connection locks the file for good: no shared-memory file, no lock calls
// (https://sqlite.org/wal.html#noshm). All calls block; any thread but those of the cooperative pool.
// What can go wrong: a full or broken disk, each call says so with its errno; a damaged file, which opening finds.

import GRDB
import GRDBSQLite
private import Glibc
import HTTPTransport
import Locking

package final class CacheIndex: Sendable {
  package let path: String
  let queue: DatabaseQueue
  /// Of the write-ahead log, for syncs.
  let log: FileDescriptor
  private let syncing = GroupSync()
  /// A sync has failed, and the kernel may have dropped what it could not write.
  private let isLogSuspect = Lock(false)

  /// Room that the log gets beforehand, in bytes: 1,000 pages with their headers and some more. An upload makes room on a full
  /// disk only if the index can note it.
  private static let reservedLogSize: off_t = 5 << 20

  /// Opens the index at `path`, which ``CacheIndexBuilder`` made.
  package init(path: String) throws(CacheIndexFailure) {
    self.path = path
    do {
      queue = try DatabaseQueue(path: path, configuration: CacheIndex.configuration)
    } catch {
      throw CacheIndexFailure(error, systemCode: 0, action: "open", path: path)
    }
    let descriptor = Glibc.open(path + "-wal", O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { throw CacheIndexFailure(code: errno, action: "open the log of", path: path) }
    log = FileDescriptor(owning: descriptor)
    try check()
    // Without room for it the log grows as it must.
    _ = posix_fallocate(descriptor, 0, CacheIndex.reservedLogSize)
    if let code = SmallFile.syncDirectory(of: path) { throw CacheIndexFailure(code: code, action: "sync", path: path) }
  }

  static var configuration: Configuration {
    var configuration = Configuration()
    configuration.label = "pail.index"
    configuration.journalMode = .wal
    // Somebody may look at it with sqlite3 just now.
    configuration.busyMode = .timeout(5)
    configuration.prepareDatabase { try $0.execute(sql: "PRAGMA locking_mode = EXCLUSIVE") }
    return configuration
  }

  /// Looks through the whole file: what is wrong with it must show before a row is missed.
  private func check() throws(CacheIndexFailure) {
    let (verdict, tables) = try perform("read") { db in
      (
        try String.fetchOne(db, sql: "PRAGMA quick_check(1)"),
        try String.fetchSet(db, sql: "SELECT name FROM sqlite_master WHERE type = 'table'")
      )
    }
    guard verdict == "ok" else {
      throw CacheIndexFailure(damaged: verdict ?? "it cannot be checked", action: "read", path: path)
    }
    guard tables.isSuperset(of: IndexSchema.tables) else {
      throw CacheIndexFailure(damaged: "tables are missing", action: "read", path: path)
    }
  }

  /// Makes every call that returned before durable, for a power loss as well. Callers at the same time share the work.
  package func sync() throws(CacheIndexFailure) {
    if let code = syncing.run(syncLog) { throw CacheIndexFailure(code: code, action: "sync", path: path) }
  }

  private func syncLog() -> Int32? {
    // After a failure fdatasync may succeed without those pages (https://wiki.postgresql.org/wiki/Fsync_Errors): a checkpoint
    // writes them to the database instead.
    if isLogSuspect.withLock({ $0 }) {
      if let code = checkpoint() { return code }
      isLogSuspect.withLock { $0 = false }
      return nil
    }
    if fdatasync(log.rawValue) == 0 { return nil }
    let code = errno
    distrustLog()
    return code
  }

  /// The next sync writes everything to the database.
  func distrustLog() { isLogSuspect.withLock { $0 = true } }

  private func checkpoint() -> Int32? {
    do throws(CacheIndexFailure) {
      let isBusy = try perform("checkpoint") { try Bool.fetchOne($0, sql: "PRAGMA wal_checkpoint(TRUNCATE)") }
      return isBusy == false ? nil : EBUSY
    } catch {
      return error.code
    }
  }

  /// Closes the file; a log that is whole becomes part of it. No other call may come later.
  package func close() { try? queue.close() }

  /// Runs `body` on the connection.
  ///
  /// - Parameter action: what a failure says could not be done: "write to", …
  func perform<Result>(_ action: String, _ body: (Database) throws -> Result) throws(CacheIndexFailure) -> Result {
    let result = queue.inDatabase { db -> Swift.Result<Result, CacheIndexFailure> in
      do {
        return .success(try body(db))
      } catch {
        let code = db.sqliteConnection.map { sqlite3_system_errno($0) } ?? 0
        return .failure(CacheIndexFailure(error, systemCode: code, action: action, path: path))
      }
    }
    return try result.get()
  }
}
