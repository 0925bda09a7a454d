// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Quota, on a real server") struct QuotaTests {
  /// Gives up what was published, as the file system does with a file that nobody has open.
  private final class Releasing: WriteBackCache.Observer {
    let cache: WriteBackCache
    init(_ cache: WriteBackCache) { self.cache = cache }
    func cacheFile(_ file: CacheFile, published publication: CacheFile.Publication) { cache.release(file) }
    func cacheFile(_ file: CacheFile, failed failure: WriteBackFailure) {}
  }

  private let fixture: CacheFixture
  private let block = [UInt8](repeating: 7, count: 1 << 20)

  init() throws { fixture = try CacheFixture() }

  private func cache(megabytes: Int64) throws -> WriteBackCache {
    try fixture.cache { configuration in
      configuration.mode = .delayed(delay: 600)
      configuration.quota = QuotaLimits(size: megabytes << 20, reserve: .bytes(0))
    }
  }

  private func make(_ cache: WriteBackCache, _ key: String, megabytes: Int64) throws -> CacheFile {
    let file = try cache.makeFile(key: ObjectKey(key), base: nil, properties: ObjectProperties())
    for number in 0..<megabytes { _ = try block.withUnsafeBytes { try file.write($0, at: number << 20) } }
    return file
  }

  /// SEMANTICS: room, call-write
  @Test func onlyOpenFilesMeansNoRoomAtOnce() async throws {
    try await BlockingWork.run { [self] in
      let cache = try cache(megabytes: 8)
      let start = MonotonicClock.now
      let file = try cache.makeFile(key: ObjectKey("k"), base: nil, properties: ObjectProperties())
      var written: Int64 = 0
      var failure: WriteBackFailure?
      while failure == nil, written < 20 {
        do {
          _ = try block.withUnsafeBytes { try file.write($0, at: written << 20) }
          written += 1
        } catch let error as WriteBackFailure {
          failure = error
        }
      }
      guard case .local(ENOSPC, _) = failure else {
        Issue.record("\(String(describing: failure))")
        return
      }
      #expect(written == 8 && MonotonicClock.now - start < 20)
      // What was acknowledged goes to the bucket, and makes room.
      _ = try cache.publish(file)
      cache.release(file)
      #expect(try fixture.other.get(fixture.bucket, "k").count == 8 << 20)
      _ = try make(cache, "next", megabytes: 4)
    }
  }

  /// SEMANTICS: room
  @Test func aWriterWaitsWhileClosedFilesAreUploaded() async throws {
    try await BlockingWork.run { [self] in
      let cache = try cache(megabytes: 8)
      let observer = Releasing(cache)
      cache.start(observer: observer)
      // Ten minutes' delay, and twice what there is room for: each must have been uploaded before its time.
      for number in 0..<8 {
        let file = try make(cache, "k\(number)", megabytes: 2)
        try cache.publishLater(file, delay: 600)
      }
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      for number in 0..<8 {
        #expect(try fixture.other.get(fixture.bucket, "k\(number)") == block + block)
      }
    }
  }

  /// SEMANTICS: room
  @Test func whatIsParkedDoesNotKeepAWriterWaiting() async throws {
    try await BlockingWork.run { [self] in
      let cache = try cache(megabytes: 4)
      let observer = Releasing(cache)
      cache.start(observer: observer)
      let file = try make(cache, "k", megabytes: 4)
      fixture.transport.set { _ in .answer(403, body: FaultyTransport.error("AccessDenied")) }
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      let start = MonotonicClock.now
      #expect(throws: WriteBackFailure.self) { try self.make(cache, "next", megabytes: 1) }
      #expect(MonotonicClock.now - start < 20)
      fixture.transport.open()
      cache.retry()
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "k").count == 4 << 20)
    }
  }
}
