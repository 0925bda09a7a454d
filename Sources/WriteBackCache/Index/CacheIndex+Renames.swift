// SPDX-License-Identifier: Apache-2.0
//
// Renames of directories: the journal that brings one that was interrupted to an end.
//
// For: a rename copies all keys and then deletes the old ones, and the process may end in between. Tables `rename` and `renamed` say
// what it was about and which versions it copied. The phase decides what a later run does: `copying` is undone, `deleting` is
// finished. Local copies of files get their new keys one by one right before the phase changes; rows that do not fit the phase when
// the index is opened are of a run that ended there, and are given the key that does (``settleKeys()``).
// What begins, changes phase or ends is durable when the call returns, for a power loss, too: a journal that came back would speak of
// names that may have other owners by then.

import GRDB
import S3Client

extension CacheIndex {
  /// Notes that a rename begins. What an earlier one has left of the same names stays there for good: two journals must not speak of one
  /// key.
  func beginRename(from: String, to: String, keepsMarker: Bool) throws(CacheIndexFailure) -> PendingRename {
    let id = try perform("write to") { db in
      try db.execute(
        sql: "INSERT INTO rename (old_prefix, new_prefix, phase, keeps_marker) VALUES (?, ?, ?, ?)",
        arguments: [
          IndexText.encode(from), IndexText.encode(to), PendingRename.Phase.copying.rawValue, keepsMarker,
        ])
      return db.lastInsertedRowID
    }
    let rename = PendingRename(id: id, from: from, to: to, phase: .copying, keepsMarker: keepsMarker)
    do throws(CacheIndexFailure) {
      for other in try renames() where other.isLeft && other.overlaps(rename) {
        try perform("write to") { try $0.execute(sql: "DELETE FROM rename WHERE id = ?", arguments: [other.id]) }
      }
      try sync()
    } catch {
      // Nobody would end it, and the next run would give files that have nothing to do with it other keys.
      try? remove(rename)
      throw error
    }
    return rename
  }

  /// Notes what is to be copied, or what the copies became. Not durable by itself.
  func save(_ copies: [PendingRename.Copy], of rename: PendingRename) throws(CacheIndexFailure) {
    guard !copies.isEmpty else { return }
    try perform("write to") { db in
      try db.inTransaction {
        let statement = try db.cachedStatement(
          sql: """
            INSERT OR REPLACE INTO renamed (rename_id, name, etag, size, last_modified, copy_etag)
            VALUES (?, ?, ?, ?, ?, ?)
            """)
        for copy in copies {
          try statement.execute(arguments: [
            rename.id, IndexText.encode(copy.name), IndexText.encode(copy.etag.value), copy.size, copy.lastModified,
            (copy.copy?.value).map(IndexText.encode),
          ])
        }
        return .commit
      }
    }
  }

  /// Notes that the rename is in `phase` from now on.
  func set(_ phase: PendingRename.Phase, of rename: PendingRename) throws(CacheIndexFailure) {
    try perform("write to") {
      try $0.execute(sql: "UPDATE rename SET phase = ? WHERE id = ?", arguments: [phase.rawValue, rename.id])
    }
    try sync()
  }

  /// What the phase of a rename that was given up begins with.
  private static let leftMark = "left "

  /// Notes that this run gives the rename up. The next one tries again, and changes no keys of files for that; a directory of the
  /// name may be somebody's by then.
  func leave(_ rename: PendingRename) throws(CacheIndexFailure) {
    try perform("write to") {
      try $0.execute(
        sql: "UPDATE rename SET phase = ?, keeps_marker = 1 WHERE id = ?",
        arguments: [CacheIndex.leftMark + rename.phase.rawValue, rename.id])
    }
    try sync()
  }

  /// Forgets a rename that is over.
  func remove(_ rename: PendingRename) throws(CacheIndexFailure) {
    try perform("write to") { try $0.execute(sql: "DELETE FROM rename WHERE id = ?", arguments: [rename.id]) }
    try sync()
  }

  /// What is not over, in the order in which it began. A row that cannot be read is left out, and stays.
  func renames() throws(CacheIndexFailure) -> [PendingRename] { try perform("read", CacheIndex.renames) }

  private static func renames(_ db: Database) throws -> [PendingRename] {
    let sql = "SELECT id, old_prefix, new_prefix, phase, keeps_marker FROM rename ORDER BY id"
    return try Row.fetchAll(db, sql: sql).compactMap { row in
      let values = Array(row.databaseValues)
      guard let id = values[0].integer, let from = IndexText.decode(values[1]), let to = IndexText.decode(values[2]),
        from.utf8.last == UInt8(ascii: "/"), to.utf8.last == UInt8(ascii: "/"),
        case .string(let word) = values[3].storage,
        case let isLeft = word.hasPrefix(leftMark),
        let phase = PendingRename.Phase(rawValue: String(word.dropFirst(isLeft ? leftMark.count : 0))),
        let keepsMarker = values[4].flag
      else { return nil }
      var rename = PendingRename(id: id, from: from, to: to, phase: phase, keepsMarker: keepsMarker)
      rename.isLeft = isLeft
      return rename
    }
  }

  /// What a rename copies, in the order of the names. A row that cannot be read is left out: its objects stay where they are.
  func copies(of rename: PendingRename) throws(CacheIndexFailure) -> [PendingRename.Copy] {
    try perform("read") { try CacheIndex.copies(of: rename, $0) }
  }

  private static func copies(of rename: PendingRename, _ db: Database) throws -> [PendingRename.Copy] {
    let sql = "SELECT name, etag, size, last_modified, copy_etag FROM renamed WHERE rename_id = ? ORDER BY name"
    let rows = try Row.fetchCursor(db, sql: sql, arguments: [rename.id])
    var copies: [PendingRename.Copy] = []
    while let row = try rows.next() {
      let values = Array(row.databaseValues)
      // The name of the marker is empty, and so may a tag be.
      guard let name = IndexText.decode(values[0]), let etag = IndexText.decode(values[1]),
        let size = values[2].integer, let lastModified = values[3].integer,
        let copy = IndexText.decodeOptional(values[4])
      else { continue }
      copies.append(
        PendingRename.Copy(
          name: name, etag: ETag(etag), size: size, lastModified: lastModified, copy: copy.map { ETag($0) }))
    }
    return copies
  }

  /// Gives each file in a directory whose rename was interrupted the key that fits the phase, and so what is noted of directories. Files that are not shown were in
  /// neither directory.
  func settleKeys() throws(CacheIndexFailure) {
    try perform("write to") { db in
      let renames = try CacheIndex.renames(db).filter { !$0.isLeft }
      guard !renames.isEmpty else { return }
      let files = try Row.fetchAll(db, sql: IndexedFile.select).compactMap { IndexedFile($0) }
      try db.inTransaction {
        for rename in renames {
          if rename.phase == .deleting { try CacheIndex.moveDirectories(from: rename.from, to: rename.to, db) }
          let stale = files.compactMap { file in rename.settled(file.record).map { (file, $0) } }
          guard !stale.isEmpty else { continue }
          let copies = Dictionary(
            try CacheIndex.copies(of: rename, db).map { (ObjectKey($0.name), $0) },
            uniquingKeysWith: { first, _ in first })
          for (file, name) in stale {
            var file = file
            file.record.settle(name, rename, copies[ObjectKey(name)])
            try db.cachedStatement(sql: IndexedFile.upsert).execute(arguments: file.arguments)
          }
        }
        return .commit
      }
    }
  }
}

extension PendingRename {
  /// The name below the directory of a file whose key does not fit the phase; nil for any other file.
  fileprivate func settled(_ record: EntryRecord) -> String? {
    let stale = phase == .copying ? to : from
    guard record.key.string.utf8.starts(with: stale.utf8),
      record.parked.map({ !$0.isConflict && !$0.isSuspect }) ?? true
    else { return nil }
    return String(Substring(record.key.string.utf8.dropFirst(stale.utf8.count)))
  }
}

extension EntryRecord {
  /// Takes the key that fits the phase, and the version that is there.
  fileprivate mutating func settle(_ name: String, _ rename: PendingRename, _ copy: PendingRename.Copy?) {
    let isBack = rename.phase == .copying
    key = ObjectKey((isBack ? rename.from : rename.to) + name)
    if let copy, let made = copy.copy, base == (isBack ? made : copy.etag) { base = isBack ? copy.etag : made }
    if !isBack { (isExclusive, mustBeAbsent) = (false, false) }
    // What was sent under another name is not there.
    marks = []
  }
}
