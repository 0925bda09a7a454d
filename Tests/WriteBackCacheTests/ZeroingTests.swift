// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import S3Client
import TestSupport
import Testing
import Transfer

@testable import WriteBackCache

@Suite("Ranges of zeros and where they are, on a real server") struct ZeroingTests {
  /// What fallocate(2) may be asked for.
  enum Change: CaseIterable {
    case reserve, reserveKeeping, punch, zero, zeroKeeping

    private var isZeroing: Bool { self != .reserve && self != .reserveKeeping }
    private var grows: Bool { self == .reserve || self == .zero }

    func apply(_ range: Range<Int64>, to file: CacheFile) throws -> Bool {
      try isZeroing ? file.zero(range, keepsSize: !grows) : file.reserve(range, keepsSize: !grows)
    }

    /// What fallocate(2) says becomes of `content`.
    func expected(_ content: [UInt8], _ range: Range<Int64>) -> [UInt8] {
      var result = content
      for place in Int(range.lowerBound)..<Int(range.upperBound) where place < result.count && isZeroing {
        result[place] = 0
      }
      let end = Int(range.upperBound)
      if grows, end > result.count { result += [UInt8](repeating: 0, count: end - result.count) }
      return result
    }
  }

  private let fixture: CacheFixture

  init() throws { fixture = try CacheFixture() }

  private static func write(_ bytes: [UInt8], at offset: Int64 = 0, to file: CacheFile) throws {
    #expect(try bytes.withUnsafeBytes { try file.write($0, at: offset) } == bytes.count)
  }

  private static func content(_ file: CacheFile) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: Int(file.size) + 10)
    let count = try bytes.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
    return Array(bytes[..<count])
  }

  private func newFile(_ cache: WriteBackCache, _ key: String, _ bytes: [UInt8]) throws -> CacheFile {
    let file = try cache.makeFile(key: ObjectKey(key), base: nil, properties: ObjectProperties())
    try file.markCreated()
    if !bytes.isEmpty { try Self.write(bytes, to: file) }
    return file
  }

  private func object(_ key: String, _ bytes: [UInt8]) throws -> CacheFile.Base {
    try fixture.other.put(fixture.bucket, key, bytes)
    let head = try #require(try fixture.other.head(fixture.bucket, key))
    return CacheFile.Base(etag: ETag(head.eTag), size: Int64(bytes.count))
  }

  private func published(_ cache: WriteBackCache, _ file: CacheFile) throws -> [UInt8] {
    _ = try cache.publish(file)
    return try fixture.other.get(fixture.bucket, file.key.string)
  }

  /// Inside, up to the end, over it, behind it.
  static let places: [Range<Int64>] = [10_000..<70_000, 70_001..<100_000, 90_000..<150_000, 120_000..<130_000]

  /// SEMANTICS: fallocate
  @Test(arguments: Change.allCases) func aWholeFile(_ change: Change) async throws {
    try await BlockingWork.run { [self] in
      let content = Noise.bytes(100_000)
      var expected: [String: [UInt8]] = [:]
      do {
        let cache = try fixture.cache()
        for (number, range) in Self.places.enumerated() {
          let file = try newFile(cache, "\(number)", content)
          _ = try cache.publish(file)
          let wanted = change.expected(content, range)
          #expect(try change.apply(range, to: file) == (wanted != content))
          #expect(try file.isDirty == (wanted != content) && Self.content(file) == wanted)
          if number % 2 == 0 { #expect(try published(cache, file) == wanted) }
          expected["\(number)"] = wanted
        }
        cache.close()
      }
      // Another run brings what was acknowledged.
      let cache = try fixture.cache()
      cache.start(observer: Deaf())
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      for (key, bytes) in expected { #expect(try fixture.other.get(fixture.bucket, key) == bytes) }
    }
  }

  /// Of an object that is in the bucket only nothing is fetched to be zeroed.
  /// SEMANTICS: fallocate
  @Test(arguments: Change.allCases) func aPartialFile(_ change: Change) async throws {
    try await BlockingWork.run { [self] in
      let content = Noise.bytes(12 << 20)
      let base = try object("k", content)
      var expected = content
      do {
        let cache = try fixture.cache()
        let file = try cache.makeFile(key: ObjectKey("k"), base: base, properties: ObjectProperties())
        let end: Int64 = 12 << 20
        for range in [end - 5..<end + 100, 100..<2 << 20, end + 200..<end + 210] {
          let before = expected
          expected = change.expected(expected, range)
          #expect(try change.apply(range, to: file) == (before != expected))
        }
        #expect(fixture.transport.count("GET") == 0 && Int(file.size) == expected.count)
        cache.close()
      }
      let cache = try fixture.cache()
      // Nothing was changed, or just that is still known.
      #expect(cache.recovered.isEmpty == (expected == content))
      if let file = cache.recovered.first { #expect(try Self.content(file) == expected) }
      cache.start(observer: Deaf())
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "k") == expected)
    }
  }

  /// What is being sent does not change.
  @Test(arguments: [Change.punch, .zero, .zeroKeeping]) func aSealedFile(_ change: Change) async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let content = Noise.bytes(100_000)
      let file = try newFile(cache, "k", content)
      fixture.transport.set { $0.kind == "PUT" ? .hold : .none }
      let publishing = BlockingWork.startJoinable { Result { try cache.publish(file) } }
      #expect(fixture.transport.waitUntilHeld(1))
      let changing = BlockingWork.startJoinable { Result { try change.apply(90_000..<150_000, to: file) } }
      try BlockingWork.eventually("the change waits, as the publisher does") {
        file.state.withLock { $0.awaiting } == 2
      }
      #expect(try !changing.isDone && Self.content(file) == content)
      fixture.transport.open()
      _ = try publishing.join(timeout: 60)?.get()
      #expect(try #require(changing.join(timeout: 60)).get())
      #expect(try fixture.other.get(fixture.bucket, "k") == content)
      #expect(try file.isDirty && published(cache, file) == change.expected(content, 90_000..<150_000))
    }
  }

  /// SEMANTICS: fallocate
  @Test func aHoleTakesNoRoom() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, "k", Noise.bytes(1 << 20))
      let before = file.allocatedBytes
      #expect(try file.zero(0..<1 << 20, keepsSize: true))
      #expect(before >= 1 << 20 && file.allocatedBytes < 1 << 16)
      cache.discard(file)
    }
  }

  /// Programs that reserve room first lose nothing: the parts go while they write, once.
  @Test func aReservedFileIsSentOnce() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let content = Noise.bytes(21 << 20)
      let file = try newFile(cache, "k", [])
      #expect(try file.reserve(0..<21 << 20, keepsSize: false) && file.size == 21 << 20)
      for start in stride(from: 0, to: content.count, by: 1 << 20) {
        try Self.write(Array(content[start..<start + 1 << 20]), at: Int64(start), to: file)
        if start == 15 << 20 {
          try BlockingWork.eventually("parts are sent behind the writer") { fixture.transport.count("PUT part") >= 2 }
        }
      }
      #expect(try published(cache, file) == content)
      #expect(fixture.transport.count("PUT part") == 5)
    }
  }

  /// SEMANTICS: fallocate, errno-too-large
  @Test func whatIsTooMuchIsRefused() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache { $0.quota = QuotaLimits(size: 8 << 20, reserve: .bytes(0)) }
      let file = try newFile(cache, "k", [1, 2, 3])
      func code(_ body: () throws -> Bool) -> Int32? {
        do { return try body() ? 0 : -1 } catch WriteBackFailure.local(let code, _) { return code } catch { return nil }
      }
      #expect(code { try file.reserve(0..<100 << 20, keepsSize: false) } == ENOSPC)
      #expect(code { try file.reserve(0..<100 << 20, keepsSize: true) } == ENOSPC)
      let tooFar = cache.context.ladder.maximumSize + 1
      #expect(code { try file.reserve(0..<tooFar, keepsSize: true) } == EFBIG)
      #expect(code { try file.zero(0..<tooFar, keepsSize: false) } == EFBIG)
      #expect(try Self.content(file) == [1, 2, 3])
      // A hole may be asked for as far as one likes.
      #expect(code { try file.zero(1..<tooFar, keepsSize: true) } == 0)
      #expect(try Self.content(file) == [1, 0, 0])
      cache.discard(file)
    }
  }

  // MARK: Seeking

  /// All places where data or a hole begins, as a program finds them.
  private static func map(_ file: CacheFile) -> [Range<Int64>] {
    var result: [Range<Int64>] = []
    var place: Int64 = 0
    while let data = file.data(from: place), let hole = file.hole(from: data) {
      result.append(data..<hole)
      place = hole
    }
    return result
  }

  /// SEMANTICS: seek-hole
  @Test func holesOfAWholeFile() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, "k", [])
      #expect(Self.map(file).isEmpty && file.hole(from: 0) == nil)
      try file.truncate(to: 1 << 20)
      #expect(Self.map(file).isEmpty && file.hole(from: 5) == 5 && file.hole(from: 1 << 20) == nil)
      try Self.write(Noise.bytes(65_536), at: 262_144, to: file)
      #expect(Self.map(file) == [262_144..<327_680])
      #expect(file.data(from: 300_000) == 300_000 && file.data(from: 327_680) == nil)
      #expect(try file.zero(278_528..<294_912, keepsSize: true))
      #expect(Self.map(file) == [262_144..<278_528, 294_912..<327_680])
      cache.discard(file)
    }
  }

  /// SEMANTICS: seek-hole
  @Test func whatOnlyTheBucketHasIsData() async throws {
    try await BlockingWork.run { [self] in
      let base = try object("k", Noise.bytes(12 << 20))
      let cache = try fixture.cache()
      let file = try cache.makeFile(key: ObjectKey("k"), base: base, properties: ObjectProperties())
      #expect(Self.map(file) == [0..<12 << 20])
      #expect(try file.zero(1 << 20..<2 << 20, keepsSize: true))
      try file.truncate(to: 13 << 20)
      #expect(Self.map(file) == [0..<1 << 20, 2 << 20..<12 << 20])
      #expect(fixture.transport.count("GET") == 0)
      cache.discard(file)
    }
  }
}
