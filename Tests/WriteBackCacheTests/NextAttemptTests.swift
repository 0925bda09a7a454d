// SPDX-License-Identifier: Apache-2.0

import GRDB
import HTTPTransport
import Locking
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("What a failed or suspended upload leaves, on a real server") struct NextAttemptTests {
  private let fixture: CacheFixture

  init() throws { fixture = try CacheFixture() }

  private func newFile(_ cache: WriteBackCache, _ key: String, _ content: [UInt8]) throws -> CacheFile {
    let file = try cache.makeFile(key: ObjectKey(key), base: nil, properties: ObjectProperties())
    try write(content, to: file, at: 0)
    return file
  }

  private func write(_ content: [UInt8], to file: CacheFile, at offset: Int) throws {
    _ = try content.withUnsafeBytes { try file.write($0, at: Int64(offset)) }
  }

  @Test func aWriteBehindTheEndSendsTheShortLastPartAgain() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache { $0.retryDelay = 100...100 }
      var content = Noise.bytes(12 << 20)
      let file = try newFile(cache, "gap", content)
      // Every part arrives, Complete does not.
      fixture.transport.set {
        $0.kind == "POST upload" ? .answer(503, body: FaultyTransport.error("SlowDown")) : .none
      }
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      fixture.transport.open()
      let tail = Noise.bytes(100, seed: 2)
      try write(tail, to: file, at: 17 << 20)
      content += [UInt8](repeating: 0, count: 5 << 20) + tail
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "gap") == content)
    }
  }

  @Test(arguments: ["InvalidPart", "NoSuchUpload"])
  func aRefusedCompleteIsNotRepeatedForEver(code: String) async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache { $0.retryDelay = 100...100 }
      let content = Noise.bytes(12 << 20)
      let file = try newFile(cache, "parts", content)
      fixture.transport.set { $0.kind == "POST upload" ? .answer(400, body: FaultyTransport.error(code)) : .none }
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      fixture.transport.open()
      let before = fixture.client.requestCounts["CreateMultipartUpload"] ?? 0
      _ = try cache.publish(file)
      #expect(fixture.client.requestCounts["CreateMultipartUpload"] == before + 1)
      #expect(try fixture.other.get(fixture.bucket, "parts") == content)
    }
  }

  @Test func emptyingThatCannotBeRecordedLeavesTheRemoteBytes() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      try fixture.other.put(fixture.bucket, "remote", "0123456789")
      let head = try #require(try fixture.other.head(fixture.bucket, "remote"))
      let file = try cache.makeFile(
        key: ObjectKey("remote"), base: CacheFile.Base(etag: ETag(head.eTag), size: 10), properties: ObjectProperties())
      let index = file.context.directory.index
      try index.perform("change") { try $0.execute(sql: "PRAGMA query_only = ON") }
      #expect(throws: WriteBackFailure.self) { try file.truncate(to: 0) }
      #expect(!file.isDirty && !file.isWhole && file.size == 10)
      try index.perform("change") { try $0.execute(sql: "PRAGMA query_only = OFF") }
      try file.truncate(to: 5)
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "remote") == Array("01234".utf8))
    }
  }

  @Test func whoeverRenamesPublishesAlone() async throws {
    let cache = try fixture.cache()
    let file = try await BlockingWork.run { [self] in try newFile(cache, "old", Array("bytes".utf8)) }
    cache.suspend(file)
    let closing = BlockingWork.startJoinable { Result { try cache.publish(file) } }
    cache.uploadSoon(file)
    try await eventually("the close waits") { file.state.withLock { $0.awaiting } == 1 }
    try await eventually("the background has tried") { !cache.queue.isRunning }
    #expect(!closing.isDone)
    #expect(fixture.client.requestCounts["PutObject"] == nil)
    try file.move(to: ObjectKey("new"), .version(nil))
    cache.resume(file)
    _ = try await closing.value().get()
    #expect(try fixture.other.list(fixture.bucket).count == 1)
    #expect(try fixture.other.get(fixture.bucket, "new") == Array("bytes".utf8))
  }

  @Test func aMoveThatCannotBeRecordedDidNotHappen() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, "old", Array("bytes".utf8))
      let index = file.context.directory.index
      try index.perform("change") { try $0.execute(sql: "PRAGMA query_only = ON") }
      #expect(throws: WriteBackFailure.self) { try file.move(to: ObjectKey("new"), .version(nil)) }
      try index.perform("change") { try $0.execute(sql: "PRAGMA query_only = OFF") }
      #expect(file.key == ObjectKey("old"))
      _ = try cache.publish(file)
      #expect(try fixture.other.list(fixture.bucket).map(\.key) == ["old"])
    }
  }
}
