// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Cache index") struct CacheIndexTests {
  private let directory: TemporaryDirectory
  private let path: String

  init() throws {
    directory = try TemporaryDirectory("index")
    path = directory.path("index.sqlite")
    try CacheIndexBuilder.build(path: path, files: [], quarantine: [:])
  }

  private func contents() throws -> CacheIndex.Contents {
    let index = try CacheIndex(path: path)
    defer { index.close() }
    return try index.contents()
  }

  private func execute(_ sql: String) throws {
    let queue = try DatabaseQueue(path: path)
    try queue.write { try $0.execute(sql: sql) }
    try queue.close()
  }

  @Test(
    arguments: [
      .full, .small("k"),
      EntryRecord.full.changed { $0.parked?.isConflict = true },
      EntryRecord.full.changed { $0.baseSize = 1 << 40 },
      EntryRecord.full.changed { $0.key = ObjectKey("a\u{0}b\u{1}\u{301}é/ \u{10FFFF}") },
      EntryRecord.full.changed { $0.base = ETag("") },
      EntryRecord.small("k").changed { $0.mustBeAbsent = true },
      EntryRecord.full.changed { $0.parked?.reason = "" },
      EntryRecord.full.changed { $0.properties.metadata = ["a b": "", "%": "\n"] },
    ] as [EntryRecord])
  func aRecordComesBackWhole(record: EntryRecord) throws {
    let file = IndexedFile(id: "00ab", record: record, generation: 1 << 40)
    do {
      let index = try CacheIndex(path: path)
      try index.save(file)
      #expect(try index.contents().files == [file])
    }
    #expect(try contents().files == [file])
    #expect(try contents().files.first?.record.key.string.utf8.elementsEqual(record.key.string.utf8) == true)
  }

  @Test func theLastSaveCounts() throws {
    let index = try CacheIndex(path: path)
    let other = IndexedFile(id: "b", record: .small("other"), generation: 1)
    try index.save(other)
    try index.save(IndexedFile(id: "a", record: .full, generation: 1))
    try index.save(IndexedFile(id: "a", record: .small("k"), generation: 7))
    #expect(try index.contents().files == [IndexedFile(id: "a", record: .small("k"), generation: 7), other])
    try index.remove("a")
    try index.remove("a")
    #expect(try index.contents().files == [other])
  }

  /// What a process leaves that is killed: the files as they are at that moment.
  @Test func whatIsReplacedGoesInTheSameCommit() throws {
    let old = IndexedFile(id: "old", record: .small("k"), generation: 1)
    let new = IndexedFile(id: "new", record: .small("k"), generation: 1)
    try execute("CREATE TRIGGER no BEFORE INSERT ON file WHEN NEW.generation = 2 BEGIN SELECT RAISE(ABORT, 'no'); END")
    let index = try CacheIndex(path: path)
    try index.save(old)
    #expect(throws: CacheIndexFailure.self) {
      try index.save(IndexedFile(id: "new", record: .small("k"), generation: 2), replacing: "old")
    }
    #expect(try index.contents().files == [old])
    try index.save(new, replacing: "old")
    #expect(try index.contents().files == [new])
  }

  @Test func whatIsCommittedSurvivesTheProcess() throws {
    let index = try CacheIndex(path: path)
    let files = (0..<50).map { IndexedFile(id: "a\($0)", record: .full, generation: UInt64($0)) }
    for file in files { try index.save(file) }
    let copy = directory.path("copy.sqlite")
    for suffix in ["", "-wal"] {
      #expect(try Shell.runBlocking("cp", [path + suffix, copy + suffix]).succeeded)
    }
    let survivor = try CacheIndex(path: copy)
    #expect(try survivor.contents().files == files.sorted { $0.id < $1.id })
    try index.sync()
  }

  @Test func onlyItsOwnerCanReadIt() throws {
    let index = try CacheIndex(path: path)
    try index.save(IndexedFile(id: "a", record: .full, generation: 1))
    for suffix in ["", "-wal"] {
      var status = stat()
      #expect(stat(path + suffix, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
    #expect(access(path + "-shm", F_OK) != 0)
  }

  @Test(
    arguments: [
      "key = NULL", "key = x'41'", "key = 'a b'", "key = '%g0'", "key = ''", "key = 'ä'", "base_etag = 'a b'",
      "base_size = 'x'", "base_size = -1", "is_exclusive = 2", "is_exclusive = 'x'", "properties = 'news x'",
      "properties = x'00'", "properties = 'meta one'", "parked_reason = x'41'", "is_conflict = 'no'", "generation = -1",
      "generation = 'x'",
    ] as [String])
  func aRowThatCannotBeReadIsKept(change: String) throws {
    let good = IndexedFile(id: "b", record: .full, generation: 1)
    do {
      let index = try CacheIndex(path: path)
      try index.save(IndexedFile(id: "a", record: .full, generation: 1))
      try index.save(good)
    }
    // As damage does it, past the constraints.
    try execute(
      """
      PRAGMA writable_schema = ON;
      UPDATE sqlite_master SET sql = replace(sql, 'NOT NULL,', ',') WHERE name = 'file';
      PRAGMA writable_schema = RESET;
      """)
    try execute("UPDATE file SET \(change) WHERE id = 'a'")
    let found = try contents()
    #expect(found.files == [good] && found.unreadable == ["a"] && found.namelessRows == 0)
    #expect(try contents().unreadable == ["a"])
  }

  @Test func manyThreadsSaveAndSync() async throws {
    let index = try CacheIndex(path: path)
    let running = (0..<8).map { thread in
      BlockingWork.startJoinable {
        Result {
          for number in 0..<100 {
            try index.save(IndexedFile(id: "t\(thread)n\(number)", record: .full, generation: 1))
            try index.sync()
          }
        }
      }
    }
    for thread in running { try await thread.value().get() }
    #expect(try index.contents().files.count == 800)
  }

  @Test func afterAFailedSyncTheDatabaseHasEverything() throws {
    let index = try CacheIndex(path: path)
    try index.save(IndexedFile(id: "a", record: .full, generation: 1))
    index.distrustLog()
    try index.sync()
    var status = stat()
    #expect(stat(path + "-wal", &status) == 0 && status.st_size == 0)
    try index.save(IndexedFile(id: "b", record: .full, generation: 1))
    try index.sync()
    #expect(try index.contents().files.count == 2)
  }

  @Test func itIsNotSharedWithAnotherProgram() throws {
    let index = try CacheIndex(path: path)
    try index.save(IndexedFile(id: "a", record: .full, generation: 1))
    let outcome = try Shell.runBlocking(
      "python3",
      ["-c", "import sqlite3,sys; sqlite3.connect(sys.argv[1],timeout=0).execute('SELECT * FROM file')", path])
    #expect(!outcome.succeeded && outcome.error.contains("locked"))
  }

  @Test(.enabled(if: geteuid() == 0, "needs a small file system of its own"))
  func aFullDiskIsNamedAndTheIndexGoesOnWhenThereIsRoom() async throws {
    let mount = directory.path("small")
    mkdir(mount, 0o700)
    let mounted = try await Shell.run("mount", ["-t", "tmpfs", "-o", "size=256k", "tmpfs", mount])
    try #require(mounted.succeeded, "\(mounted.error)")
    let small = mount + "/index.sqlite"
    var saved = 0
    do {
      try CacheIndexBuilder.build(path: small, files: [], quarantine: [:])
      let index = try CacheIndex(path: small)
      var failure: CacheIndexFailure?
      while failure == nil, saved < 10_000 {
        do throws(CacheIndexFailure) {
          try index.save(IndexedFile(id: "a\(saved)", record: .full, generation: 1))
          saved += 1
        } catch {
          failure = error
        }
      }
      #expect(failure?.code == ENOSPC && failure?.isDamaged == false)
      #expect(
        failure?.description
          == "cannot write to the cache index \(small): No space left on device; free some space on its disk")
      #expect(try index.contents().files.count == saved)
      let grown = try await Shell.run("mount", ["-o", "remount,size=32m", mount])
      #expect(grown.succeeded, "\(grown.error)")
      try index.save(IndexedFile(id: "more", record: .full, generation: 1))
      #expect(try index.contents().files.count == saved + 1)
      index.close()
    }
    let unmounted = try await Shell.run("umount", [mount])
    #expect(unmounted.succeeded, "\(unmounted.error)")
  }
}
