// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

/// What the bucket has is not what the file began with: by our own hand, or by somebody else's.
@Suite("Versions that are not there any more, on a real server") struct LostBaseTests {
  private let fixture: CacheFixture

  init() throws { fixture = try CacheFixture() }

  /// A copy of an object that is there, with `bytes` written to it.
  private func changed(_ cache: WriteBackCache, _ key: String, _ bytes: [UInt8]) throws -> CacheFile {
    try fixture.other.put(fixture.bucket, key, "before")
    let head = try #require(try fixture.other.head(fixture.bucket, key))
    let file = try cache.makeFile(
      key: ObjectKey(key), base: CacheFile.Base(etag: ETag(head.eTag), size: 6),
      properties: ObjectProperties(contentType: "text/x"))
    try file.truncate(to: 0)
    #expect(try bytes.withUnsafeBytes { try file.write($0, at: 0) } == bytes.count)
    return file
  }

  /// The object is made, but nobody hears of it.
  private func loseAnswers() {
    fixture.transport.set {
      switch $0.kind {
      case "PUT", "POST upload": $0.ordinal == 1 ? .loseAnswer : .refuse
      default: $0.request.method == .head || $0.kind == "GET upload" ? .refuse : .none
      }
    }
  }

  private func drainNextRun() throws -> [PendingUpload] {
    let cache = try fixture.cache()
    cache.start(observer: Deaf())
    return cache.drain(timeout: 60, progress: { _ in })
  }

  @Test(arguments: [1 << 10, 6 << 20] as [Int])
  func attributesThatChangedBehindOurOwnUpload(_ count: Int) async throws {
    try await BlockingWork.run { [self] in
      let content = Noise.bytes(count, seed: 1)
      do {
        let cache = try fixture.cache()
        let file = try changed(cache, "k", content)
        loseAnswers()
        #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
        _ = file.setProperties(ObjectProperties(contentType: "text/y", metadata: ["mode": "384"]))
        cache.close()
      }
      #expect(try fixture.other.get(fixture.bucket, "k") == content)
      fixture.transport.open()
      #expect(try drainNextRun().isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "k") == content)
      let head = try #require(try fixture.other.head(fixture.bucket, "k"))
      #expect(head.contentType == "text/y" && head.metadata == ["mode": "384"])
    }
  }

  /// Another writer made the same change, and one more: that is not our upload, of which nothing has arrived.
  /// SEMANTICS: own-version
  @Test func theSameChangeOfSomebodyElseIsNotOurs() async throws {
    try await BlockingWork.run { [self] in
      let before = Noise.bytes(1 << 10, seed: 2)
      let change = Noise.bytes(40, seed: 3)
      try fixture.other.put(fixture.bucket, "k", before)
      let head = try #require(try fixture.other.head(fixture.bucket, "k"))
      let cache = try fixture.cache()
      let file = try cache.makeFile(
        key: ObjectKey("k"), base: CacheFile.Base(etag: ETag(head.eTag), size: 1 << 10), properties: ObjectProperties())
      #expect(try change.withUnsafeBytes { try file.write($0, at: 0) } == 40)
      fixture.transport.set { $0.kind == "PUT" ? .dropAfter(10) : .none }
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      let theirs = change + before[40..<1_000] + Array("somebody else's end 1234".utf8)
      #expect(theirs.count == 1 << 10)
      try fixture.other.put(fixture.bucket, "k", theirs)
      fixture.transport.open()
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      #expect(file.isConflict)
      #expect(try fixture.other.get(fixture.bucket, "k") == theirs)
    }
  }

  /// Two writers may well have the same few bytes.
  /// SEMANTICS: own-version
  @Test func aHandfulOfBytesIsNobodys() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try changed(cache, "k", Array("1".utf8))
      loseAnswers()
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      fixture.transport.open()
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      #expect(file.isConflict)
    }
  }

  /// That nothing is there holds for one attempt; whoever comes before the next one is not overwritten, by no run.
  @Test func whatWasRemovedAndMadeAnewIsNotOverwritten() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try fixture.cache()
        let file = try changed(cache, "k", Array("ours".utf8))
        try fixture.other.delete(fixture.bucket, "k")
        fixture.transport.set { $0.request.headers["If-None-Match"] != nil ? .refuse : .none }
        #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
        #expect(file.isDirty && !file.isParked)
        cache.close()
      }
      fixture.transport.open()
      try fixture.other.put(fixture.bucket, "k", "theirs")
      #expect(try drainNextRun().map(\.state) == [.parked])
      #expect(try fixture.other.get(fixture.bucket, "k") == Array("theirs".utf8))
    }
  }

  @Test func whatWasRemovedIsPublishedByTheNextRun() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try fixture.cache()
        _ = try changed(cache, "k", Array("ours".utf8))
        cache.close()
      }
      try fixture.other.delete(fixture.bucket, "k")
      #expect(try drainNextRun().isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "k") == Array("ours".utf8))
    }
  }

  /// The bucket has it: what comes too late must not say otherwise.
  @Test func aLateRecordOfACleanFileIsNone() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try changed(cache, "k", Array("ours".utf8))
      _ = try cache.publish(file)
      try file.record(IndexedFile.Synced(generation: 2, size: 4))
      #expect(try cache.context.directory.index.contents().files.isEmpty)
    }
  }

  /// fsync(2) tells of bytes that could not be written once; the next one says nothing of them.
  @Test func aFailedSyncIsNotForgotten() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try changed(cache, "k", Array("ours".utf8))
      let kept = dup(file.data.rawValue)
      defer { close(kept) }
      var ends: [Int32] = [0, 0]
      #expect(pipe(&ends) == 0)
      defer { for end in ends { close(end) } }
      // A pipe cannot be synced.
      #expect(dup2(ends[0], file.data.rawValue) >= 0)
      #expect(throws: WriteBackFailure.self) { try file.sync() }
      #expect(dup2(kept, file.data.rawValue) >= 0)
      #expect(throws: WriteBackFailure.self) { try file.sync() }
      let row = try #require(try cache.context.directory.index.contents().files.first)
      #expect(row.synced == nil)
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "k") == Array("ours".utf8))
      #expect(try Array("more".utf8).withUnsafeBytes { try file.write($0, at: 4) } == 4)
      try file.sync()
    }
  }
}
