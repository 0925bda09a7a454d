// SPDX-License-Identifier: Apache-2.0

import GRDB
private import Glibc

/// Makes a new index as a whole, under a name that nobody opens until it is renamed. Blocks.
enum CacheIndexBuilder {
  /// - Parameter quarantine: ids of data files, each with the reason why nobody knows what it is.
  static func build(
    path: String, files: [IndexedFile], quarantine: [String: String]
  ) throws(CacheIndexFailure) {
    // What a crash left of an earlier attempt.
    for suffix in ["", "-wal", "-shm", "-journal"] { unlink(path + suffix) }
    // Before SQLite does, for the mode; its other files take it over.
    let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw CacheIndexFailure(code: errno, action: "make", path: path) }
    close(descriptor)
    do {
      try fill(path, files, quarantine)
    } catch {
      throw CacheIndexFailure(error, systemCode: 0, action: "make", path: path)
    }
    if let code = SmallFile.sync(path) { throw CacheIndexFailure(code: code, action: "make", path: path) }
  }

  private static func fill(_ path: String, _ files: [IndexedFile], _ quarantine: [String: String]) throws {
    var configuration = Configuration()
    configuration.prepareDatabase { db in
      // An unfinished file is thrown away, not rolled back.
      try db.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL")
    }
    let queue = try DatabaseQueue(path: path, configuration: configuration)
    try queue.write { db in
      try db.execute(sql: IndexSchema.sql)
      let insertion = try db.makeStatement(sql: IndexedFile.upsert)
      for file in files { try insertion.execute(arguments: file.arguments) }
      for (id, reason) in quarantine {
        try db.execute(
          sql: "INSERT INTO quarantine (id, reason) VALUES (?, ?)", arguments: [id, IndexText.encode(reason)])
      }
    }
    try queue.close()
  }
}
