// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Recovery, on a real server") struct RecoveryTests {
  private let fixture: CacheFixture

  init() throws { fixture = try CacheFixture() }

  /// SEMANTICS: next-mount
  @Test func whatWasNotPublishedIsUploadedByTheNextRun() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try fixture.cache()
        let file = try cache.makeFile(
          key: ObjectKey("a/b.txt"), base: nil,
          properties: ObjectProperties(contentType: "text/x", metadata: ["k": "v"]))
        _ = try Array("bytes".utf8).withUnsafeBytes { try file.write($0, at: 0) }
        // No publish, no release: as after kill -9.
        cache.close()
      }
      let cache = try fixture.cache()
      let recovered = try #require(cache.recovered.first)
      #expect(cache.recovered.count == 1 && recovered.key == ObjectKey("a/b.txt") && recovered.size == 5)
      cache.start(observer: Deaf())
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "a/b.txt") == Array("bytes".utf8))
      let head = try #require(try fixture.other.head(fixture.bucket, "a/b.txt"))
      #expect(head.contentType == "text/x" && head.metadata == ["k": "v"])
    }
  }

  @Test func anUploadThatTheLastRunCouldNotNoteIsNoConflict() async throws {
    try await BlockingWork.run { [self] in
      let content = (0..<4_096).map { (index: Int) -> UInt8 in UInt8(truncatingIfNeeded: index &* 31) }
      do {
        let cache = try fixture.cache()
        let file = try cache.makeFile(
          key: ObjectKey("k"), base: nil, properties: ObjectProperties(contentType: "text/x"), isExclusive: true)
        _ = try content.withUnsafeBytes { try file.write($0, at: 0) }
        cache.close()
      }
      // What the upload left in the bucket, while the record still says "exclusive, dirty".
      try fixture.other.put(fixture.bucket, "k", content, contentType: "text/x")
      let cache = try fixture.cache()
      cache.start(observer: Deaf())
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
    }
  }

  /// SEMANTICS: next-mount
  @Test func aRefusedUploadStaysRefusedInTheNextRun() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try fixture.cache()
        let file = try cache.makeFile(key: ObjectKey("k"), base: nil, properties: ObjectProperties())
        _ = try Array("bytes".utf8).withUnsafeBytes { try file.write($0, at: 0) }
        fixture.transport.set { _ in .answer(403, body: FaultyTransport.error("AccessDenied")) }
        #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
        cache.close()
      }
      fixture.transport.open()
      let cache = try fixture.cache()
      let recovered = try #require(cache.recovered.first)
      #expect(recovered.isParked && !recovered.isConflict)
    }
  }

  @Test func theBucketHasItSoTheDiskForgets() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try fixture.cache()
        let file = try cache.makeFile(key: ObjectKey("k"), base: nil, properties: ObjectProperties())
        _ = try Array("bytes".utf8).withUnsafeBytes { try file.write($0, at: 0) }
        _ = try cache.publish(file)
        cache.release(file)
        cache.close()
      }
      #expect(try fixture.cache().recovered.isEmpty)
    }
  }

  // MARK: A restart of the machine

  /// Lets the next start believe that the machine was restarted.
  private func restart() throws {
    let queue = try DatabaseQueue(path: fixture.directory.path("cache/index.sqlite"))
    try queue.write { try $0.execute(sql: "UPDATE fact SET value = 'another' WHERE name = 'boot_id'") }
    try queue.close()
  }

  /// Writes two files, one of them synced, and ends as kill -9 does.
  private func makeDirty() throws {
    let killed = fixture.directory.path("killed")
    do {
      let cache = try fixture.cache { $0.mode = .delayed(delay: 600) }
      for key in ["synced", "later", "unsynced"] {
        let file = try cache.makeFile(key: ObjectKey(key), base: nil, properties: ObjectProperties())
        _ = try Array("bytes".utf8).withUnsafeBytes { try file.write($0, at: 0) }
        if key != "unsynced" { try cache.publishLater(file, delay: 600) }
        if key == "later" { _ = try Array("more".utf8).withUnsafeBytes { try file.write($0, at: 5) } }
      }
      let copied = try Shell.runBlocking("cp", ["-a", fixture.directory.path("cache"), killed])
      #expect(copied.succeeded)
      cache.close()
    }
    let moved = try Shell.runBlocking(
      "sh", ["-c", "rm -r \"$1\" && mv \"$2\" \"$1\"", "sh", fixture.directory.path("cache"), killed])
    #expect(moved.succeeded)
  }

  /// SEMANTICS: delayed, power-loss
  @Test func afterARestartOnlyWhatWasSyncedIsUploaded() async throws {
    try await BlockingWork.run { [self] in
      try makeDirty()
      try restart()
      for round in 0..<2 {
        // In the second round it is the same run of the machine: that does not make them whole.
        let cache = try fixture.cache()
        let observer = Deaf()
        cache.start(observer: observer)
        let left = cache.drain(timeout: 60, progress: { _ in })
        #expect(left.map(\.key) == ["unsynced"] && left.allSatisfy { $0.state == .parked })
        #expect(left.allSatisfy { $0.reason == Leftovers.suspectReason })
        #expect(cache.recovered.filter { !$0.isShown }.count == 1)
        // Of one that was changed later there is what was synced.
        for key in ["synced", "later"] { #expect(try fixture.other.get(fixture.bucket, key) == Array("bytes".utf8)) }
        #expect(try fixture.other.head(fixture.bucket, "unsynced") == nil)
        if round == 1 {
          #expect(cache.retry() == 0 && cache.retry(key: "unsynced") == 1)
          #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
          #expect(try fixture.other.get(fixture.bucket, "unsynced") == Array("bytes".utf8))
        }
        cache.close()
      }
    }
  }

  /// It was written again and uploaded before the power went, which the index does not know any more.
  /// SEMANTICS: power-loss
  @Test func aRowThatAPowerLossBroughtBackReplacesNothing() async throws {
    try await BlockingWork.run { [self] in
      try makeDirty()
      try fixture.other.put(fixture.bucket, "synced", "written again")
      try restart()
      for _ in 0..<2 {
        let cache = try fixture.cache()
        cache.start(observer: Deaf())
        let left = cache.drain(timeout: 60, progress: { _ in })
        #expect(left.contains { $0.key == "synced" && $0.state == .parked })
        #expect(try fixture.other.get(fixture.bucket, "synced") == Array("written again".utf8))
        cache.close()
      }
    }
  }

  @Test func afterAKillEverythingIsUploaded() async throws {
    try await BlockingWork.run { [self] in
      try makeDirty()
      let cache = try fixture.cache()
      cache.start(observer: Deaf())
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "later") == Array("bytesmore".utf8))
    }
  }

  /// SEMANTICS: power-loss
  @Test func whatAnOrderlyEndLeavesIsWholeAfterARestart() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try fixture.cache()
        let file = try cache.makeFile(key: ObjectKey("k"), base: nil, properties: ObjectProperties())
        _ = try Array("bytes".utf8).withUnsafeBytes { try file.write($0, at: 0) }
        cache.close()
      }
      try restart()
      #expect(try fixture.cache().recovered.map(\.isParked) == [false])
    }
  }

  /// A copy that was opened for writing and never changed, and one that the bucket has.
  @Test func cleanCopiesOfAKilledRunAreRemoved() async throws {
    try await BlockingWork.run { [self] in
      let killed = fixture.directory.path("killed")
      do {
        let cache = try fixture.cache()
        _ = try cache.makeFile(
          key: ObjectKey("base"), base: .init(etag: ETag("x"), size: 100), properties: ObjectProperties())
        let file = try cache.makeFile(key: ObjectKey("k"), base: nil, properties: ObjectProperties())
        _ = try Array("bytes".utf8).withUnsafeBytes { try file.write($0, at: 0) }
        _ = try cache.publish(file)
        #expect(try Shell.runBlocking("cp", ["-a", fixture.directory.path("cache"), killed]).succeeded)
        cache.close()
      }
      let next = try CacheDirectory(path: killed)
      let leftovers = try next.leftovers()
      #expect(leftovers.removable.count == 2 && leftovers.files.isEmpty && leftovers.unreadable.isEmpty)
      #expect(try next.leftovers().removable.isEmpty)
    }
  }

  /// SEMANTICS: next-mount
  @Test func anUnreadableRecordIsKeptAndCounted() async throws {
    try await BlockingWork.run { [self] in
      do { _ = try fixture.cache() }
      let data = fixture.directory.path("cache/data")
      for (name, text) in [("7.entry", "pail-entry 1\nke"), ("7", "precious")] {
        try FormatOne.write(text, to: "\(data)/\(name)")
      }
      let cache = try fixture.cache()
      #expect(cache.unreadable == ["7"] && cache.recovered.isEmpty)
      #expect(access("\(data)/7", R_OK) == 0 && access("\(data)/7.entry", R_OK) == 0)
    }
  }

  @Test func twoProcessesNeverShareADirectory() throws {
    let first = try fixture.cache()
    #expect(throws: WriteBackCacheError.self) { try fixture.cache() }
    first.close()
  }

  @Test func aNewerFormatIsRefusedAndLeftAlone() throws {
    do { _ = try fixture.cache() }
    let path = fixture.directory.path("cache/format")
    let file = try #require(fopen(path, "w"))
    fputs("99\n", file)
    fclose(file)
    #expect(throws: WriteBackCacheError.self) { try fixture.cache() }
  }

  @Test func aDirectoryThatOthersCanReadIsRefused() throws {
    let path = fixture.directory.path("cache")
    mkdir(path, 0o755)
    chmod(path, 0o755)
    #expect(throws: WriteBackCacheError.self) { try fixture.cache() }
  }
}
