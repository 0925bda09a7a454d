// SPDX-License-Identifier: Apache-2.0

import GRDB
import Glibc
import Locking
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

/// Small files whose bytes are in the index, so that one sync makes them durable.
@Suite("Small files in the index, on a real server") struct SmallContentTests {
  private let fixture: CacheFixture

  init() throws { fixture = try CacheFixture() }

  private func cache() throws -> WriteBackCache { try fixture.cache { $0.mode = .delayed(delay: 600) } }

  private func make(_ cache: WriteBackCache, _ bytes: [UInt8]) throws -> CacheFile {
    let file = try cache.makeFile(key: ObjectKey("k"), base: nil, properties: ObjectProperties())
    try file.markCreated()
    if !bytes.isEmpty { try write(bytes, to: file, at: 0) }
    return file
  }

  private func write(_ bytes: [UInt8], to file: CacheFile, at offset: Int64) throws {
    #expect(try bytes.withUnsafeBytes { try file.write($0, at: offset) } == bytes.count)
  }

  /// What the index has of it; nil for nothing.
  private func content(_ cache: WriteBackCache) throws -> [UInt8]? {
    var found: [UInt8]?
    try cache.context.directory.index.contents { _, bytes, _ in found = bytes }
    return found
  }

  /// Lets the next start believe that the machine was restarted.
  private func restart() throws {
    let queue = try DatabaseQueue(path: fixture.directory.path("cache/index.sqlite"))
    try queue.write { try $0.execute(sql: "UPDATE fact SET value = 'another' WHERE name = 'boot_id'") }
    try queue.close()
  }

  private func drain(_ cache: WriteBackCache) throws -> [UInt8] {
    cache.start(observer: Deaf())
    #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
    return try fixture.other.get(fixture.bucket, "k")
  }

  /// A power loss may take the name of the data file, or its bytes.
  @Test(arguments: [0, 1, 1_000, 16 << 10] as [Int], ["gone", "zeros", "short", "clean"] as [String])
  func theIndexBringsThemBack(_ count: Int, _ damage: String) async throws {
    try await BlockingWork.run { [self] in
      let bytes = Noise.bytes(count, seed: 1)
      let path: String
      do {
        let cache = try cache()
        let file = try make(cache, bytes)
        try file.sync()
        #expect(try content(cache) == bytes && file.journal.withLock { !$0.isNameDurable })
        path = cache.context.directory.dataPath(file.id)
        cache.close()
      }
      try restart()
      switch damage {
      case "gone": #expect(unlink(path) == 0)
      case "zeros": #expect(truncate(path, 0) == 0 && truncate(path, off_t(count)) == 0)
      case "short": #expect(truncate(path, off_t(count / 2)) == 0)
      default: #expect(truncate(path, 0) == 0 && chmod(path, 0o400) == 0)
      }
      #expect(try drain(try cache()) == bytes)
    }
  }

  /// What is written later counts, also when nobody syncs it: after a kill it is all there. After a restart of the machine there is
  /// what was synced.
  @Test(arguments: [false, true]) func aLaterChangeDoesNotTakeThemAway(isAnotherBoot: Bool) async throws {
    try await BlockingWork.run { [self] in
      let path: String
      do {
        let cache = try cache()
        let file = try make(cache, Array("before".utf8))
        try file.sync()
        try write(Array("after".utf8), to: file, at: 6)
        try file.truncate(to: 10)
        #expect(try content(cache) == Array("before".utf8))
        path = cache.context.directory.dataPath(file.id)
        // As a kill leaves it.
        cache.queue.close()
      }
      if isAnotherBoot {
        try restart()
        #expect(unlink(path) == 0)
      }
      #expect(try drain(try cache()) == Array((isAnotherBoot ? "before" : "beforeafte").utf8))
    }
  }

  /// The first start after a power loss cannot write the file; the second is in the same run of the machine.
  @Test(arguments: [false, true]) func whatCannotBeRestoredIsTriedAgain(isChanged: Bool) async throws {
    try await BlockingWork.run { [self] in
      let path: String
      do {
        let cache = try cache()
        let file = try make(cache, Array("bytes".utf8))
        try file.sync()
        if isChanged { try write(Array("more".utf8), to: file, at: 5) }
        path = cache.context.directory.dataPath(file.id)
        cache.queue.close()
      }
      try restart()
      #expect(truncate(path, 0) == 0 && truncate(path, 5) == 0)
      let obstacle = fixture.directory.path("cache/restored")
      #expect(mkdir(obstacle, 0o700) == 0)
      do {
        let cache = try cache()
        #expect(cache.recovered.isEmpty && cache.unreadable.count == 1)
        cache.close()
      }
      #expect(rmdir(obstacle) == 0)
      #expect(try drain(try cache()) == Array("bytes".utf8))
    }
  }

  /// After a kill the data file is right, whatever a damaged index says.
  @Test func aCrashChangesNothing() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try cache()
        let file = try make(cache, Array("index".utf8))
        try file.sync()
        try FormatOne.write("newer", to: cache.context.directory.dataPath(file.id))
        cache.queue.close()
      }
      #expect(try drain(try cache()) == Array("newer".utf8))
    }
  }

  /// What was synced before the version that the bucket has must not come back; what was synced during its upload must.
  @Test(arguments: [false, true]) func anUploadEndsMeanwhile(isSynced: Bool) async throws {
    let cache = try cache()
    let file = try await BlockingWork.run { [self] in
      let file = try make(cache, Array("one".utf8))
      try file.sync()
      return file
    }
    fixture.transport.set { $0.kind == "PUT" ? .hold : .none }
    let publishing = BlockingWork.startJoinable { Result { try cache.publish(file) } }
    try await BlockingWork.run { [self] in
      #expect(fixture.transport.waitUntilHeld(1))
      try write(Array("two".utf8), to: file, at: 3)
      if isSynced { try file.sync() }
      fixture.transport.open()
      _ = try publishing.join().get()
      #expect(file.isDirty)
      #expect(try content(cache) == (isSynced ? Array("onetwo".utf8) : nil))
      let row = try #require(try cache.context.directory.index.contents().files.first)
      #expect((row.synced != nil) == isSynced && row.record.base != nil)
    }
  }

  /// A rename is no change of the bytes.
  @Test func anotherNameKeepsThem() async throws {
    try await BlockingWork.run { [self] in
      let cache = try cache()
      let file = try make(cache, Array("bytes".utf8))
      try file.sync()
      try file.move(to: ObjectKey("other"), .version(nil))
      #expect(try content(cache) == Array("bytes".utf8))
      _ = try cache.publish(file)
      #expect(try content(cache) == nil)
    }
  }

  /// One that has grown is synced as a file.
  @Test func aLargeOneIsNotThere() async throws {
    try await BlockingWork.run { [self] in
      let cache = try cache()
      let file = try make(cache, Array("small".utf8))
      try file.sync()
      try write(Noise.bytes(16 << 10, seed: 2), to: file, at: 5)
      try file.sync()
      #expect(try content(cache) == nil && file.journal.withLock { $0.isNameDurable })
      #expect(try cache.context.directory.index.contents().files.first?.synced?.size == 5 + (16 << 10))
    }
  }
}
