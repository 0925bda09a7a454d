// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import S3Client
import TestSupport
import Testing
import Transfer

@testable import WriteBackCache

@Suite("Large objects of which a part is changed, on a real server") struct PartialFileTests {
  private static let size: Int64 = 40 << 20

  private let fixture: CacheFixture
  private let content = Noise.bytes(Int(PartialFileTests.size), seed: 7)
  private let fetched = Lock<Int64>(0)

  init() throws { fixture = try CacheFixture() }

  /// Counts the bytes that are asked for.
  private func count(_ rule: @escaping @Sendable (FaultyTransport.Sent) -> FaultyTransport.Fault = { _ in .none }) {
    fixture.transport.set { [fetched] sent in
      let isGet = sent.request.method == .get
      if isGet, let range = sent.request.headers.fields.first(where: { $0.name.lowercased() == "range" })?.value {
        let bounds = range.dropFirst("bytes=".count).split(separator: "-").compactMap { Int64($0) }
        fetched.withLock { $0 += bounds[1] - bounds[0] + 1 }
      }
      return rule(sent)
    }
  }

  private func object(_ key: String) throws -> CacheFile.Base {
    try fixture.other.put(fixture.bucket, key, content)
    let head = try #require(try fixture.other.head(fixture.bucket, key))
    return CacheFile.Base(etag: ETag(head.eTag), size: Self.size)
  }

  private func open(_ cache: WriteBackCache, _ key: String) throws -> CacheFile {
    try cache.makeFile(key: ObjectKey(key), base: try object(key), properties: ObjectProperties(contentType: "text/x"))
  }

  private static func write(_ bytes: [UInt8], at offset: Int64, to file: CacheFile) throws {
    #expect(try bytes.withUnsafeBytes { try file.write($0, at: offset) } == bytes.count)
  }

  private static func read(_ file: CacheFile, _ range: Range<Int64>) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0xEE, count: range.count)
    let count = try bytes.withUnsafeMutableBytes { try file.read(at: range.lowerBound, into: $0) }
    return Array(bytes[..<count])
  }

  private func changed(_ bytes: [UInt8], at offset: Int) -> [UInt8] {
    var result = content
    if offset + bytes.count > result.count {
      result += [UInt8](repeating: 0, count: offset + bytes.count - result.count)
    }
    result.replaceSubrange(offset..<(offset + bytes.count), with: bytes)
    return result
  }

  /// SEMANTICS: local-copy
  @Test func aSmallChangeSendsAndFetchesLittle() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try open(cache, "middle")
      count()
      let change = Noise.bytes(1 << 10, seed: 1)
      try Self.write(change, at: 20 << 20, to: file)
      #expect(fetched.withLock { $0 } == 0)
      _ = try cache.publish(file)
      #expect(fixture.transport.bytes("PUT part") == 5 << 20 && fetched.withLock { $0 } == (5 << 20) - (1 << 10))
      #expect(try fixture.other.get(fixture.bucket, "middle") == changed(change, at: 20 << 20))
      #expect(try fixture.other.head(fixture.bucket, "middle")?.contentType == "text/x")
      // Once more, through the same copy, at the end: what is behind the last part's border needs no minimum.
      count()
      try Self.write(change, at: Self.size, to: file)
      _ = try cache.publish(file)
      #expect(fixture.transport.bytes("PUT part") == 1 << 10)
      #expect(try fixture.other.get(fixture.bucket, "middle") == changed(change, at: 20 << 20) + change)
      #expect(!file.isDirty && cache.release(file))
      #expect(cache.pendingUploads.isEmpty)
    }
  }

  /// SEMANTICS: local-copy
  @Test func readingAMixOfHereAndThere() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try open(cache, "mixed")
      let change = Noise.bytes(3 << 20, seed: 2)
      try Self.write(change, at: 10 << 20, to: file)
      let expected = changed(change, at: 10 << 20)
      count()
      let range: Range<Int64> = (10 << 20) - 500..<(10 << 20) + 500
      #expect(try Self.read(file, range) == Array(expected[Int(range.lowerBound)..<Int(range.upperBound)]))
      // What was written is not asked for.
      #expect(fetched.withLock { $0 } == 1 << 20)
      for start in stride(from: Int64(0), to: Self.size, by: 1 << 20) {
        #expect(try Self.read(file, start..<start + 1 << 20) == Array(expected[Int(start)..<Int(start + 1 << 20)]))
      }
      #expect(fetched.withLock { $0 } == Self.size - (3 << 20) && file.isWhole)
      #expect(try Self.read(file, Self.size - 1..<Self.size + 100) == [expected.last])
      cache.discard(file)
    }
  }

  @Test func cuttingFetchesNothing() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try open(cache, "cut")
      count()
      try file.truncate(to: 30 << 20)
      try file.truncate(to: 31 << 20)
      #expect(fetched.withLock { $0 } == 0)
      _ = try cache.publish(file)
      let expected = Array(content[..<(30 << 20)]) + [UInt8](repeating: 0, count: 1 << 20)
      #expect(try fixture.other.get(fixture.bucket, "cut") == expected)
      #expect(fixture.transport.bytes("PUT part") < 7 << 20)
      try file.truncate(to: 0)
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "cut").isEmpty)
    }
  }

  /// As after kill -9: every acknowledged byte is there, and nothing that was only begun.
  @Test func anotherRunGoesOn() async throws {
    try await BlockingWork.run { [self] in
      let change = Noise.bytes(70_000, seed: 3)
      do {
        let cache = try fixture.cache()
        let file = try open(cache, "k")
        try Self.write(change, at: 1_000, to: file)
        try Self.write(change, at: Self.size + 5_000, to: file)
        try file.truncate(to: Self.size + 60_000)
        cache.close()
      }
      var expected = changed(change, at: 1_000)
      expected += [UInt8](repeating: 0, count: 5_000) + change[..<55_000]
      do {
        let cache = try fixture.cache()
        let file = try #require(cache.recovered.first)
        #expect(!file.isWhole && file.size == Self.size + 60_000)
        #expect(try Self.read(file, 0..<100_000) == Array(expected[..<100_000]))
        // And on, in this run.
        try Self.write(change, at: 20 << 20, to: file)
        expected.replaceSubrange((20 << 20)..<(20 << 20) + change.count, with: change)
        cache.close()
      }
      try drainAgain(expected)
    }
  }

  private func drainAgain(_ expected: [UInt8]) throws {
    let cache = try fixture.cache()
    #expect(cache.recovered.count == 1)
    count()
    cache.start(observer: Deaf())
    #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
    #expect(try fixture.other.get(fixture.bucket, "k") == expected)
    #expect(fixture.transport.bytes("PUT part") < 12 << 20)
  }

  /// What is written beside the bytes that are being sent does not wait, and is not lost.
  /// SEMANTICS: one-moment
  @Test func writingDuringTheUpload() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try open(cache, "busy")
      let change = Noise.bytes(1 << 10, seed: 4)
      try Self.write(change, at: 20 << 20, to: file)
      count { $0.kind == "PUT part" ? .hold : .none }
      let publishing = BlockingWork.startJoinable { Result { try cache.publish(file) } }
      #expect(fixture.transport.waitUntilHeld(1))
      try Self.write(change, at: 0, to: file)
      let waiting = BlockingWork.startJoinable { Result { try Self.write(change, at: (20 << 20) + 512, to: file) } }
      try BlockingWork.eventually("the writer waits, as the publisher does") {
        file.state.withLock { $0.awaiting } == 2
      }
      #expect(!waiting.isDone)
      fixture.transport.open()
      _ = try publishing.join(timeout: 60)?.get()
      try #require(waiting.join(timeout: 60)).get()
      #expect(file.isDirty)
      #expect(try fixture.other.get(fixture.bucket, "busy") == changed(change, at: 20 << 20))
      _ = try cache.publish(file)
      var expected = changed(change, at: 20 << 20)
      expected.replaceSubrange(0..<change.count, with: change)
      expected.replaceSubrange((20 << 20) + 512..<(20 << 20) + 512 + change.count, with: change)
      #expect(try fixture.other.get(fixture.bucket, "busy") == expected)
    }
  }

  /// The rest of the file is gone with the version that it was in: nothing is mixed, and nothing is given up.
  /// SEMANTICS: conflict
  @Test func somebodyElseReplacesTheObject() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try open(cache, "theirs")
      try Self.write(Array("ours".utf8), at: 20 << 20, to: file)
      try fixture.other.put(fixture.bucket, "theirs", "theirs")
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      #expect(file.isParked && file.isConflict && file.isDirty)
      #expect(throws: WriteBackFailure.self) { try Self.read(file, 0..<10) }
      #expect(try Self.read(file, 20 << 20..<(20 << 20) + 4) == Array("ours".utf8))
      #expect(try fixture.other.get(fixture.bucket, "theirs") == Array("theirs".utf8))
      #expect(try fixture.other.uploads(fixture.bucket).isEmpty)
    }
  }

  /// The object was made, but nobody said so: that is no conflict.
  @Test func aLostAnswerIsUnderstoodLater() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try open(cache, "lost")
      let change = Noise.bytes(1 << 10, seed: 5)
      try Self.write(change, at: 20 << 20, to: file)
      // Neither the answer to Complete nor any to the questions after it.
      count {
        if $0.kind == "POST upload" { return $0.ordinal == 1 ? .loseAnswer : .refuse }
        return $0.request.method == .head || $0.kind == "GET upload" && $0.ordinal > 1 ? .refuse : .none
      }
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      #expect(file.isDirty && !file.isParked)
      fixture.transport.open()
      _ = try cache.publish(file)
      #expect(!file.isDirty)
      #expect(try fixture.other.get(fixture.bucket, "lost") == changed(change, at: 20 << 20))
    }
  }

  /// A store that copies no parts, or a policy that forbids it, gets everything.
  @Test(arguments: [(403, "AccessDenied"), (501, "NotImplemented")] as [(Int, String)])
  func copiesAreRefused(_ status: Int, _ code: String) async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try open(cache, "refused")
      let change = Noise.bytes(1 << 10, seed: 8)
      try Self.write(change, at: 20 << 20, to: file)
      count {
        $0.request.headers["x-amz-copy-source"] != nil ? .answer(status, body: FaultyTransport.error(code)) : .none
      }
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "refused") == changed(change, at: 20 << 20))
      #expect(try fixture.other.uploads(fixture.bucket).isEmpty)
    }
  }

  /// Nor is it one when the run that sent it has died: of the object, part of which the store has copied, nothing is known but its
  /// bytes.
  @Test func aCrashBehindOurOwnCopiesIsNoConflict() async throws {
    try await BlockingWork.run { [self] in
      let change = Noise.bytes(1 << 10, seed: 6)
      do {
        let cache = try fixture.cache()
        let file = try open(cache, "died")
        try file.hydrate()
        try Self.write(change, at: 20 << 20, to: file)
        count { $0.kind == "POST upload" ? .loseAnswer : $0.request.method == .head ? .refuse : .none }
        #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
        #expect(fixture.client.requestCounts["UploadPartCopy"] ?? 0 > 0)
        cache.close()
      }
      fixture.transport.open()
      let cache = try fixture.cache()
      cache.start(observer: Deaf())
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "died") == changed(change, at: 20 << 20))
    }
  }

  /// Programs that write here and there make no more notes than can be kept.
  @Test func manyStretchesBecomeOne() async throws {
    try await BlockingWork.run { [self] in
      let change: [UInt8] = [1, 2, 3]
      var expected = content
      do {
        let cache = try fixture.cache()
        let file = try open(cache, "k")
        for index in 0..<20_000 {
          let offset = index * 2_000
          try Self.write(change, at: Int64(offset), to: file)
          expected.replaceSubrange(offset..<offset + 3, with: change)
        }
        #expect(file.state.withLock { $0.bytes.dirty.count } < 4_000 && file.isWhole)
        cache.close()
      }
      let cache = try fixture.cache()
      #expect(cache.recovered.first?.isWhole == true)
      cache.start(observer: Deaf())
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "k") == expected)
    }
  }
}
