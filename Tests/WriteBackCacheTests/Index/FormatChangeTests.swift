// SPDX-License-Identifier: Apache-2.0

import Glibc
import GRDB
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Change of the cache's format") struct FormatChangeTests {
  private let directory: TemporaryDirectory
  private let path: String
  private static let records: [String: EntryRecord] = [
    "0001": .full, "0002": .small("two"), "0003": .full.changed { $0.parked?.isConflict = true },
  ]

  init() throws {
    directory = try TemporaryDirectory("format")
    path = directory.path("cache")
  }

  private func exists(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }

  private func names(_ prefix: String) throws -> [String] {
    let stream = try #require(opendir(path))
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(prefix) { names.append(name) }
    }
    return names.sorted()
  }

  /// What the next run finds is what format 1 had.
  private func expectEverything(_ note: Comment) throws {
    let cache = try CacheDirectory(path: path)
    let leftovers = try cache.leftovers()
    let found = Dictionary(uniqueKeysWithValues: leftovers.files.map { ($0.id, $0.record) })
    #expect(found == Self.records, note)
    #expect(leftovers.unreadable.keys.sorted() == ["7"], note)
    for id in Self.records.keys { #expect(exists("data/\(id)") && !exists("data/\(id).entry"), note) }
    #expect(exists("data/7") && exists("data/7.entry"), note)
    #expect(!exists("data/8"), note)
    #expect(SmallFile.read(path + "/format") == "6\n", note)
    var status = stat()
    #expect(stat(path + "/index.sqlite", &status) == 0 && status.st_mode & 0o777 == 0o600, note)
  }

  @Test func nothingIsLostWhereverItStops() throws {
    let steps = try #require(FormatPlan.steps(format: "1", hasIndex: false))
    for count in 0...steps.count {
      try FormatOne.make(path, Self.records)
      let change = FormatChange(path: path)
      for step in steps.prefix(count) { try change.run(step) }
      try expectEverything("stopped after \(count) steps")
      // And once more from the start, with the index that is there now.
      try expectEverything("the run after stopping after \(count) steps")
      let removed = rename(path, "\(path)-\(count)")
      #expect(removed == 0)
    }
  }

  /// Whatever a crash within a step leaves under the temporary names does no harm.
  @Test func rubbishUnderTemporaryNamesDoesNoHarm() throws {
    try FormatOne.make(path, Self.records)
    for name in ["index.sqlite", "index.sqlite-wal", "index.sqlite.new", "index.sqlite.new-journal", "format.new"] {
      try FormatOne.write("half", to: "\(path)/\(name)")
    }
    try expectEverything("after rubbish")
    #expect(try names("index.sqlite.damaged") == [])
  }

  @Test func someRecordFilesAreGoneAlready() throws {
    try FormatOne.make(path, Self.records)
    let steps = try #require(FormatPlan.steps(format: "1", hasIndex: false))
    for step in steps.dropLast() { try FormatChange(path: path).run(step) }
    unlink(path + "/data/0001.entry")
    try expectEverything("within the last step")
  }

  @Test(arguments: ["7", "99", "text"] as [String]) func anUnknownFormatIsLeftUntouched(format: String) throws {
    try FormatOne.make(path, Self.records)
    try FormatOne.write(format + "\n", to: path + "/format")
    let failure = #expect(throws: WriteBackCacheError.self) { _ = try CacheDirectory(path: path) }
    #expect(
      failure?.description == "the cache directory \(path) has format \(format), this pail knows 6; "
        + "use the pail that wrote it or choose another with --cache-dir")
    #expect(try names("index") == [])
    for id in Self.records.keys { #expect(exists("data/\(id).entry")) }
  }

  @Test func aNewDirectoryHasTheNewestFormat() throws {
    _ = try CacheDirectory(path: path)
    #expect(SmallFile.read(path + "/format") == "6\n" && exists("index.sqlite") && !exists("index.sqlite-wal"))
    #expect(try names("index") == ["index.sqlite"])
  }

  // MARK: Format 2

  @Test func anIndexOfFormatTwoGoesOn() throws {
    for count in 0...2 {
      try FormatTwo.make(path, ["a1": .full, "a2": .small("k")])
      for step in [FormatStep.upgradeIndex, .writeFormat].prefix(count) { try FormatChange(path: path).run(step) }
      for _ in 0..<2 {
        let directory = try CacheDirectory(path: path)
        let leftovers = try directory.leftovers()
        #expect(leftovers.files.map(\.record) == [.full, .small("k")])
        // Nothing says whether format 2 knew it to be clean.
        #expect(leftovers.unreadable.keys.sorted() == ["a3"] && exists("data/a3"))
        #expect(SmallFile.read(path + "/format") == "6\n")
      }
      #expect(try names("index.sqlite.damaged") == [])
      #expect(rename(path, "\(path)-two-\(count)") == 0)
    }
  }

  // MARK: Formats 3 to 5

  /// What format 4 added is a column, format 5 a table, and format 6 two and a column.
  @Test(arguments: [3, 4, 5]) func anIndexOfFormatThreeToFiveGoesOn(_ format: Int) throws {
    for count in 0...2 {
      do {
        let directory = try CacheDirectory(path: path)
        try directory.index.save(IndexedFile(id: "a1", record: .full, generation: 7))
        try FormatOne.write("bytes", to: directory.dataPath("a1"))
        try directory.index.perform("make old") { db in
          try db.execute(sql: "DROP TABLE renamed; DROP TABLE rename; ALTER TABLE file DROP COLUMN must_be_absent")
          if format < 5 { try db.execute(sql: "DROP TABLE content") }
          if format == 3 { try db.execute(sql: "ALTER TABLE file DROP COLUMN marks") }
        }
      }
      try FormatOne.write("\(format)\n", to: path + "/format")
      for step in [FormatStep.upgradeIndex, .writeFormat].prefix(count) { try FormatChange(path: path).run(step) }
      let marked = EntryRecord.full.changed { $0.marks = [VersionMark(size: 5, crc32: 6)] }
      for expected in [.full, marked] as [EntryRecord] {
        let directory = try CacheDirectory(path: path)
        let files = try directory.leftovers().files
        #expect(files.map(\.record) == [expected] && files.map(\.generation) == [7])
        #expect(SmallFile.read(path + "/format") == "6\n")
        try directory.index.save(IndexedFile(id: "a1", record: marked, generation: 7))
      }
      #expect(rename(path, "\(path)-three-\(count)") == 0)
    }
  }

  // MARK: Damage

  private func makeWithTwoFiles() throws {
    let cache = try CacheDirectory(path: path)
    for id in ["a1", "a2"] {
      try cache.index.save(IndexedFile(id: id, record: .full, generation: 1))
      try FormatOne.write("precious", to: cache.dataPath(id))
    }
  }

  private func expectQuarantine() throws {
    // In every later run as well.
    for _ in 0..<2 {
      let leftovers = try CacheDirectory(path: path).leftovers()
      #expect(leftovers.files.isEmpty && leftovers.unreadable.keys.sorted() == ["a1", "a2"])
      #expect(exists("data/a1") && exists("data/a2"))
    }
    // Until somebody takes one away.
    unlink(path + "/data/a1")
    for _ in 0..<2 { #expect(try CacheDirectory(path: path).leftovers().unreadable.keys.sorted() == ["a2"]) }
  }

  @Test(arguments: ["no database at all, but long enough to look like one", ""] as [String])
  func aDamagedIndexIsSetAside(content: String) throws {
    try makeWithTwoFiles()
    try FormatOne.write(content, to: path + "/index.sqlite")
    try FormatOne.write("a log", to: path + "/index.sqlite-wal")
    try expectQuarantine()
    let aside = try names("index.sqlite.damaged-")
    #expect(aside.map { SmallFile.read("\(path)/\($0)") } == [content, "a log"])
  }

  @Test func aPageFullOfRubbishIsDamage() throws {
    try makeWithTwoFiles()
    let file = try #require(fopen(path + "/index.sqlite", "r+"))
    fseek(file, 4_096, SEEK_SET)
    for _ in 0..<4_096 { fputc(0x55, file) }
    fclose(file)
    try expectQuarantine()
    #expect(try names("index.sqlite.damaged-").count == 1)
  }

  @Test func aMissingIndexIsDamage() throws {
    try makeWithTwoFiles()
    unlink(path + "/index.sqlite")
    try expectQuarantine()
  }

  @Test func aRowThatCannotBeReadIsKeptWithItsBytes() throws {
    try makeWithTwoFiles()
    let queue = try DatabaseQueue(path: path + "/index.sqlite")
    try queue.write { try $0.execute(sql: "UPDATE file SET key = '%zz' WHERE id = 'a1'") }
    try queue.close()
    for _ in 0..<2 {
      let leftovers = try CacheDirectory(path: path).leftovers()
      #expect(leftovers.files.map(\.id) == ["a2"])
      #expect(leftovers.unreadable == ["a1": "its row in the index cannot be read"])
      #expect(exists("data/a1"))
    }
  }

  @Test func aRowWithoutAReadableNameKeepsEveryDataFile() throws {
    try makeWithTwoFiles()
    try FormatOne.write("clean, or not", to: path + "/data/a3")
    let queue = try DatabaseQueue(path: path + "/index.sqlite")
    try queue.write { try $0.execute(sql: "UPDATE file SET id = x'00ff' WHERE id = 'a1'") }
    try queue.close()
    let leftovers = try CacheDirectory(path: path).leftovers()
    #expect(leftovers.files.map(\.id) == ["a2"] && leftovers.unreadable.keys.sorted() == ["a1", "a3"])
    #expect(exists("data/a1") && exists("data/a3"))
  }

  /// SQLite drops what comes behind the first frame of its log that is not what was written, and says nothing.
  @Test func rowsBehindARottenFrameOfTheLogLoseNoBytes() throws {
    let copy = directory.path("copy")
    do {
      let cache = try CacheDirectory(path: path)
      for id in ["a1", "a2", "a3"] {
        try FormatOne.write("precious", to: cache.dataPath(id))
        try cache.index.save(IndexedFile(id: id, record: .small(id), generation: 1))
      }
      try FormatOne.write("clean", to: cache.dataPath("a4"))
      #expect(DataMark.clean.set(cache.dataPath("a4")) == nil)
      #expect(try Shell.runBlocking("cp", ["-a", path, copy]).succeeded)
    }
    // The second of three frames; each has a header of 24 bytes behind one of 32 for the whole log.
    let log = try #require(fopen(copy + "/index.sqlite-wal", "r+"))
    fseek(log, 32 + 24 + 4_096 + 24 + 100, SEEK_SET)
    fputc(0x55, log)
    fclose(log)
    for _ in 0..<2 {
      let leftovers = try CacheDirectory(path: copy).leftovers()
      #expect((leftovers.files.map(\.id) + leftovers.unreadable.keys).sorted() == ["a1", "a2", "a3"])
      // Else nothing was dropped, and this test shows nothing.
      #expect(leftovers.unreadable["a3"] != nil)
      for id in ["a1", "a2", "a3"] { #expect(SmallFile.read("\(copy)/data/\(id)") == "precious") }
      #expect(access(copy + "/data/a4", F_OK) != 0)
    }
  }

  @Test func withoutAFormatFileAnIndexIsTakenAsItIs() throws {
    try makeWithTwoFiles()
    unlink(path + "/format")
    #expect(try CacheDirectory(path: path).leftovers().files.map(\.id) == ["a1", "a2"])
    #expect(SmallFile.read(path + "/format") == "6\n")
  }
}
