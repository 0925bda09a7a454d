// SPDX-License-Identifier: Apache-2.0

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
    try cache.context.directory.index.contents { found = $1 }
    return found
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
      switch damage {
      case "gone": #expect(unlink(path) == 0)
      case "zeros": #expect(truncate(path, 0) == 0 && truncate(path, off_t(count)) == 0)
      case "short": #expect(truncate(path, off_t(count / 2)) == 0)
      default: #expect(truncate(path, 0) == 0 && chmod(path, 0o400) == 0)
      }
      #expect(try drain(try cache()) == bytes)
    }
  }

  /// What is written later counts, also when nobody syncs it: after a kill it is all there.
  @Test func aLaterChangeTakesThemAway() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try cache()
        let file = try make(cache, Array("before".utf8))
        try file.sync()
        try write(Array("after".utf8), to: file, at: 6)
        #expect(try content(cache) == nil)
        try file.truncate(to: 10)
        cache.queue.close()
      }
      #expect(try drain(try cache()) == Array("beforeafte".utf8))
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
