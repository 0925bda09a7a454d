// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

/// Files that replace whatever has appeared under their name.
@Suite("New files without O_EXCL, on a real server") struct ReplacingTests {
  private let fixture: CacheFixture
  /// The conditions of all requests that make an object, in their order.
  private let conditions = Lock<[String]>([])

  init() throws { fixture = try CacheFixture() }

  private func newFile(_ cache: WriteBackCache, _ bytes: [UInt8]) throws -> CacheFile {
    let file = try cache.makeFile(key: ObjectKey("k"), base: nil, properties: ObjectProperties())
    #expect(try bytes.withUnsafeBytes { try file.write($0, at: 0) } == bytes.count)
    return file
  }

  private func watch() {
    fixture.transport.set { [conditions] call in
      if call.kind == "PUT" || call.kind == "POST upload" {
        let headers = call.request.headers
        conditions.withLock { $0.append(headers["If-None-Match"] ?? headers["If-Match"] ?? "none") }
      }
      return .none
    }
  }

  /// No request is without a condition: one that comes late, of a process that died, would undo what the next one has made.
  /// SEMANTICS: create-replaces
  @Test(arguments: [1 << 10, 6 << 20] as [Int])
  func whatIsThereIsReplacedAsItWasSeen(_ count: Int) async throws {
    try await BlockingWork.run { [self] in
      watch()
      let cache = try fixture.cache()
      let content = Noise.bytes(count, seed: 1)
      let file = try newFile(cache, content)
      try fixture.other.put(fixture.bucket, "k", "somebody else's")
      let theirs = try #require(try fixture.other.head(fixture.bucket, "k")).eTag
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "k") == content)
      #expect(conditions.withLock { $0 } == ["*", ETag(theirs).quoted])
      #expect(file.base == ETag(try #require(try fixture.other.head(fixture.bucket, "k")).eTag))
    }
  }

  /// Parts that were sent stay good.
  @Test func noPartIsSentTwice() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, Noise.bytes(12 << 20, seed: 2))
      try fixture.other.put(fixture.bucket, "k", "somebody else's")
      let before = fixture.client.requestCounts["UploadPart"] ?? 0
      _ = try cache.publish(file)
      #expect((fixture.client.requestCounts["UploadPart"] ?? 0) - before <= 3)
      #expect(fixture.client.requestCounts["CreateMultipartUpload"] == 1)
    }
  }

  /// Others write all the time.
  /// SEMANTICS: create-replaces
  @Test func whoIsFasterEachTimeIsReplacedInTheEnd() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, Array("ours".utf8))
      try fixture.other.put(fixture.bucket, "k", "somebody else's")
      fixture.transport.set {
        $0.kind == "PUT" && $0.ordinal <= 4
          ? .answer(412, body: FaultyTransport.error("PreconditionFailed")) : .none
      }
      _ = try cache.publish(file)
      #expect(fixture.transport.count("PUT") == 5)
      #expect(try fixture.other.get(fixture.bucket, "k") == Array("ours".utf8))
    }
  }

  /// A policy may let us write and not look.
  /// SEMANTICS: create-replaces
  @Test func withoutPermissionToLookItIsReplacedAllTheSame() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, Array("ours".utf8))
      try fixture.other.put(fixture.bucket, "k", "somebody else's")
      fixture.transport.set { $0.request.method == .head ? .answer(403, body: "") : .none }
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "k") == Array("ours".utf8))
    }
  }
}
