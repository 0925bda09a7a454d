// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Clean copies that make room, on a real server") struct EvictionTests {
  private static let size: Int64 = 12 << 20

  private let fixture: CacheFixture

  init() throws { fixture = try CacheFixture() }

  private func cache(megabytes: Int64) throws -> WriteBackCache {
    try fixture.cache { $0.quota = QuotaLimits(size: megabytes << 20, reserve: .bytes(0)) }
  }

  private static func content(_ number: UInt64) -> [UInt8] { Noise.bytes(Int(size), seed: number) }

  /// A copy of an object of 12 MiB, of which nothing is here yet.
  private func copy(_ cache: WriteBackCache, _ number: UInt64) throws -> CacheFile {
    try fixture.other.put(fixture.bucket, "k\(number)", Self.content(number))
    let head = try #require(try fixture.other.head(fixture.bucket, "k\(number)"))
    return try cache.makeFile(
      key: ObjectKey("k\(number)"), base: CacheFile.Base(etag: ETag(head.eTag), size: Self.size),
      properties: ObjectProperties())
  }

  private func read(_ file: CacheFile, _ range: Range<Int> = 0..<Int(size)) throws -> [UInt8] {
    var result: [UInt8] = []
    while result.count < range.count {
      let offset = Int64(range.lowerBound + result.count)
      let piece = try [UInt8](unsafeUninitializedCapacity: min(1 << 20, range.count - result.count)) { buffer, count in
        count = try file.read(at: offset, into: UnsafeMutableRawBufferPointer(buffer))
      }
      if piece.isEmpty { break }
      result += piece
    }
    return result
  }

  /// SEMANTICS: room
  @Test func theOneUsedLongestAgoGoesFirst() async throws {
    try await BlockingWork.run { [self] in
      let cache = try cache(megabytes: 30)
      let files = try (0..<3).map { try copy(cache, UInt64($0)) }
      #expect(try read(files[0]) == Self.content(0))
      #expect(try read(files[1]) == Self.content(1))
      #expect(try read(files[0], 0..<10).count == 10)
      #expect(try read(files[2]) == Self.content(2))
      #expect(files.map { $0.allocatedBytes > 0 } == [true, false, true])
      // And comes back.
      #expect(try read(files[1]) == Self.content(1))
      #expect(files.map { $0.allocatedBytes > 0 } == [false, true, true])
      #expect(files.reduce(0) { $0 + $1.allocatedBytes } <= 30 << 20)
    }
  }

  /// A change of a copy that was given up is one of an object of which nothing is here.
  @Test func aCopyThatWasGivenUpCanBeChanged() async throws {
    try await BlockingWork.run { [self] in
      let cache = try cache(megabytes: 16)
      let files = try (0..<2).map { try copy(cache, UInt64($0)) }
      _ = try read(files[0])
      _ = try read(files[1])
      #expect(files[0].allocatedBytes == 0)
      #expect(try Array("change".utf8).withUnsafeBytes { try files[0].write($0, at: 5) } == 6)
      _ = try cache.publish(files[0])
      let expected = Self.content(0)[..<5] + Array("change".utf8) + Self.content(0)[11...]
      #expect(try fixture.other.get(fixture.bucket, "k0") == Array(expected))
      #expect(try read(files[0]) == Array(expected))
    }
  }

  /// A row that a power loss brings back would count on the bytes.
  @Test func whatTheIndexKnewIsForgottenDurablyFirst() async throws {
    try await BlockingWork.run { [self] in
      let cache = try cache(megabytes: 100)
      let file = try copy(cache, 0)
      _ = try read(file)
      #expect(try Array("change".utf8).withUnsafeBytes { try file.write($0, at: 5) } == 6)
      try file.sync()
      _ = try cache.publish(file)
      #expect(file.journal.withLock { $0.wasRecorded && $0.record == nil })
      #expect(file.evict())
      #expect(file.journal.withLock { !$0.wasRecorded } && file.allocatedBytes == 0 && !file.evict())
      #expect(try read(file, 5..<11) == Array("change".utf8))
    }
  }

  /// Readers of more than there is room for, beside each other, never see a byte that is not there.
  @Test func readersAndEvictionsBesideEachOther() async throws {
    let (cache, files) = try await BlockingWork.run { [self] () throws -> (WriteBackCache, [CacheFile]) in
      let cache = try self.cache(megabytes: 20)
      return (cache, try (0..<3).map { try copy(cache, UInt64($0)) })
    }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, file) in files.enumerated() {
        group.addTask { [self] in
          try await BlockingWork.run { [self] in
            let content = Self.content(UInt64(number))
            for round in 0..<40 {
              let start = round * 300_000
              let found = try read(file, start..<start + 200_000)
              #expect(found == Array(content[start..<start + 200_000]))
            }
          }
        }
      }
      try await group.waitForAll()
    }
    #expect(cache.context.quota.freedCount > 0)
  }

  /// What the bucket lacks, or will soon lack, stays.
  /// SEMANTICS: room
  @Test func nothingElseIsGivenUp() async throws {
    try await BlockingWork.run { [self] in
      let cache = try cache(megabytes: 30)
      let (dirty, kept) = (try copy(cache, 0), try copy(cache, 1))
      _ = try read(dirty)
      #expect(try Array("change".utf8).withUnsafeBytes { try dirty.write($0, at: 5) } == 6)
      try kept.keepBytes()
      // Its own bytes make room for those that follow.
      let other = try copy(cache, 2)
      #expect(try read(other) == Self.content(2))
      #expect(dirty.isWhole && kept.isWhole && !other.isWhole)
      #expect(!dirty.evict() && !kept.evict())
      try fixture.other.delete(fixture.bucket, "k1")
      #expect(try read(kept) == Self.content(1))
    }
  }
}
