// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
import HTTPTransport
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Journal of renames") struct RenameJournalTests {
  private let directory: TemporaryDirectory
  private let path: String

  init() throws {
    directory = try TemporaryDirectory("renames")
    path = directory.path("index.sqlite")
    try CacheIndexBuilder.build(path: path, files: [], quarantine: [:])
  }

  private static let copies = [
    PendingRename.Copy(name: "", etag: ETag(""), size: 0, lastModified: 1),
    PendingRename.Copy(name: "ü \n\u{0}%", etag: ETag("x-2"), size: 1 << 40, lastModified: 1 << 40),
    PendingRename.Copy(name: "f", etag: ETag("one"), size: 3, lastModified: 2, copy: ETag("two")),
  ]

  /// SEMANTICS: rename-crash
  @Test func whatWasNotedComesBackInTheNextRun() throws {
    let decided: PendingRename
    do {
      let index = try CacheIndex(path: path)
      let first = try index.beginRename(from: "ä/", to: "b c/", keepsMarker: true)
      decided = try index.beginRename(from: "d/", to: "e/", keepsMarker: false)
      #expect(try index.renames() == [first, decided])
      let earlier = Self.copies.map { PendingRename.Copy(name: $0.name, etag: $0.etag, size: 9, lastModified: 9) }
      try index.save(earlier, of: decided)
      try index.save(Self.copies, of: decided)
      try index.set(.deleting, of: decided)
      try index.remove(first)
    }
    let index = try CacheIndex(path: path)
    var expected = decided
    expected.phase = .deleting
    #expect(try index.renames() == [expected])
    #expect(try index.copies(of: decided) == Self.copies)
    try index.remove(decided)
    #expect(try index.renames() == [] && index.copies(of: decided) == [])
    // A number is never used again: what one run has read must not be another's.
    #expect(try index.beginRename(from: "a/", to: "b/", keepsMarker: false).id == decided.id + 1)
  }

  /// Local copies take their keys one by one; the phase decides what a later run takes them for.
  @Test(
    arguments: [
      (.deleting, "old/f", "one", "new/f", "two"), (.deleting, "old/f", "other", "new/f", "other"),
      (.deleting, "old/new", nil, "new/new", nil), (.deleting, "new/f", "two", "new/f", "two"),
      (.deleting, "older/f", "one", "older/f", "one"),
      (.copying, "new/f", "two", "old/f", "one"), (.copying, "new/f", "other", "old/f", "other"),
      (.copying, "new/new", nil, "old/new", nil), (.copying, "old/f", "one", "old/f", "one"),
      (.copying, "newer/f", "two", "newer/f", "two"),
    ] as [(PendingRename.Phase, String, String?, String, String?)])
  func aFileHasTheKeyThatFitsThePhase(
    phase: PendingRename.Phase, key: String, base: String?, expectedKey: String, expectedBase: String?
  ) throws {
    let index = try CacheIndex(path: path)
    let rename = try index.beginRename(from: "old/", to: "new/", keepsMarker: false)
    try index.save(Self.copies, of: rename)
    try index.set(phase, of: rename)
    var record = EntryRecord.small(key)
    record.base = base.map { ETag($0) }
    try index.save(IndexedFile(id: "a", record: record, generation: 3))
    for _ in 0..<2 {
      try index.settleKeys()
      let found = try #require(try index.contents().files.first)
      #expect(found.record.key == ObjectKey(expectedKey) && found.record.base == expectedBase.map { ETag($0) })
      #expect(found.generation == 3)
    }
  }

  /// It was parked behind the name long before, and is not in the directory that was moved.
  @Test(arguments: [true, false]) func aFileThatIsNotShownKeepsItsKey(isConflict: Bool) throws {
    let index = try CacheIndex(path: path)
    let rename = try index.beginRename(from: "old/", to: "new/", keepsMarker: false)
    try index.set(.deleting, of: rename)
    let record = EntryRecord.small("old/f").changed {
      $0.parked = EntryRecord.Parked(reason: "r", isConflict: isConflict, isSuspect: !isConflict)
    }
    try index.save(IndexedFile(id: "a", record: record, generation: 1))
    try index.settleKeys()
    #expect(try index.contents().files.map(\.record) == [record])
  }

  @Test func whatCannotBeReadIsLeftAlone() throws {
    let index = try CacheIndex(path: path)
    let broken = try index.beginRename(from: "old/", to: "new/", keepsMarker: false)
    let good = try index.beginRename(from: "a/", to: "b/", keepsMarker: false)
    try index.save(Self.copies, of: good)
    try index.perform("break") { db in
      try db.execute(sql: "UPDATE rename SET phase = 'dreaming' WHERE id = ?", arguments: [broken.id])
      try db.execute(sql: "UPDATE renamed SET size = 'big' WHERE name = 'f'")
    }
    try index.save(IndexedFile(id: "a", record: .small("old/f"), generation: 1))
    try index.settleKeys()
    #expect(try index.renames() == [good])
    #expect(try index.copies(of: good) == [Self.copies[0], Self.copies[1]])
    #expect(try index.contents().files.map { $0.record.key.string } == ["old/f"])
  }

  /// `é` in one code point and in two: two names, each with its own version.
  @Test(arguments: [("\u{E9}", "two"), ("e\u{301}", "four")]) func namesAreTheirBytes(name: String, expected: String)
    throws
  {
    let index = try CacheIndex(path: path)
    let rename = try index.beginRename(from: "old/", to: "new/", keepsMarker: false)
    let copies = [("\u{E9}", "one", "two"), ("e\u{301}", "three", "four")].map {
      PendingRename.Copy(name: $0.0, etag: ETag($0.1), size: 3, lastModified: 2, copy: ETag($0.2))
    }
    try index.save(copies, of: rename)
    try index.set(.deleting, of: rename)
    var record = EntryRecord.small("old/" + name)
    record.base = ETag(expected == "two" ? "one" : "three")
    try index.save(IndexedFile(id: "a", record: record, generation: 3))
    try index.settleKeys()
    let found = try #require(try index.contents().files.first)
    #expect(found.record.key == ObjectKey("new/" + name) && found.record.base == ETag(expected))
  }

  /// The row was committed, and then could not be made durable: nobody will end that rename.
  @Test func whatCouldNotBeginIsNotNoted() throws {
    let index = try CacheIndex(path: path)
    // What cannot be synced takes the place of the log's descriptor.
    var ends: [Int32] = [-1, -1]
    #expect(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    #expect(dup2(ends[1], index.log.rawValue) == index.log.rawValue)
    #expect(throws: CacheIndexFailure.self) { _ = try index.beginRename(from: "a/", to: "b/", keepsMarker: false) }
    #expect(try index.renames() == [])
  }

  /// A run that ended right after it was decided.
  @Test func whatIsNotedOfDirectoriesMovesOnce() throws {
    let index = try CacheIndex(path: path)
    func note(_ key: String, _ mode: String) throws {
      try index.save(ObjectProperties(metadata: ["mode": mode]), ofDirectory: ObjectKey(key))
    }
    let rename = try index.beginRename(from: "old/", to: "new/", keepsMarker: false)
    for (key, mode) in [("old/s/", "1"), ("new/stale/", "2")] { try note(key, mode) }
    try index.settleKeys()
    #expect(try index.properties(ofDirectory: ObjectKey("old/s/")) != nil)
    try index.set(.deleting, of: rename)
    for _ in 0..<2 {
      try index.settleKeys()
      #expect(try index.properties(ofDirectory: ObjectKey("new/s/"))?.metadata["mode"] == "1")
      for key in ["old/s/", "new/stale/"] { #expect(try index.properties(ofDirectory: ObjectKey(key)) == nil) }
    }
  }

  /// Both names are in use after a run has given it up.
  @Test func whatWasGivenUpChangesNoKeys() throws {
    let index = try CacheIndex(path: path)
    var rename = try index.beginRename(from: "old/", to: "new/", keepsMarker: false)
    rename.phase = .deleting
    try index.save(Self.copies, of: rename)
    try index.leave(rename)
    let found = try #require(try index.renames().first)
    #expect(found.id == rename.id && found.phase == .deleting && found.isLeft && found.keepsMarker)
    try index.save(IndexedFile(id: "a", record: .small("old/f"), generation: 1))
    try index.settleKeys()
    #expect(try index.contents().files.map { $0.record.key.string } == ["old/f"])
    // Only one journal speaks of a key.
    let other = try index.beginRename(from: "other/", to: "elsewhere/", keepsMarker: false)
    #expect(try index.renames() == [found, other])
    let next = try index.beginRename(from: "x/", to: "old/sub/", keepsMarker: false)
    #expect(try index.renames() == [other, next])
  }
}
