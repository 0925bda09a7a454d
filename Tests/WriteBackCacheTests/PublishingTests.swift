// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Publishing, on a real server") struct PublishingTests {
  private let fixture: CacheFixture

  init() throws { fixture = try CacheFixture() }

  private static func write(_ bytes: [UInt8], to file: CacheFile, at offset: Int64 = 0) throws {
    // As the kernel does it: in pieces of at most 1 MiB.
    var done = 0
    while done < bytes.count {
      let piece = bytes[done..<min(done + 1 << 20, bytes.count)]
      done += try piece.withUnsafeBytes { try file.write($0, at: offset + Int64(done)) }
    }
  }

  private func newFile(_ cache: WriteBackCache, _ key: String, isExclusive: Bool = false) throws -> CacheFile {
    let file = try cache.makeFile(
      key: ObjectKey(key), base: nil, properties: ObjectProperties(contentType: "text/plain", metadata: ["k": "v"]),
      isExclusive: isExclusive)
    try file.markCreated()
    return file
  }

  private var counts: [String: Int] { fixture.client.requestCounts }

  @Test func anEmptyFileIsAnEmptyObject() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, "empty")
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "empty") == [])
      #expect(!file.isDirty)
    }
  }

  /// SEMANTICS: parts-while-written
  @Test func aSmallFileIsOnePut() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let content = Noise.bytes(5 << 20)
      let file = try newFile(cache, "small")
      try Self.write(content, to: file)
      let publication = try #require(try cache.publish(file))
      let head = try #require(try fixture.other.head(fixture.bucket, "small"))
      #expect(head.contentType == "text/plain" && head.metadata == ["k": "v"])
      #expect(ETag(head.eTag) == publication.written.etag)
      #expect(try fixture.other.get(fixture.bucket, "small") == content)
      #expect(counts["PutObject"] == 1 && counts["CreateMultipartUpload"] == nil)
    }
  }

  @Test func aLargeFileIsSentInPartsWhileItGrows() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let content = Noise.bytes(23 << 20)
      let file = try newFile(cache, "large")
      try Self.write(content, to: file)
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "large") == content)
      #expect(counts["UploadPart"] == 5 && counts["CompleteMultipartUpload"] == 1 && counts["PutObject"] == nil)
      #expect(try fixture.other.uploads(fixture.bucket).isEmpty)
    }
  }

  /// SEMANTICS: parts-while-written
  @Test func aRewrittenPartIsSentAgain() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      var content = Noise.bytes(16 << 20)
      let file = try newFile(cache, "header-last")
      try Self.write(content, to: file)
      let header = Noise.bytes(100, seed: 9)
      content.replaceSubrange(0..<100, with: header)
      try Self.write(header, to: file)
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "header-last") == content)
    }
  }

  @Test func aLargeFileThatShrinksBecomesOnePut() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let content = Noise.bytes(12 << 20)
      let file = try newFile(cache, "shrunk")
      try Self.write(content, to: file)
      try file.truncate(to: 10)
      _ = try cache.publish(file)
      #expect(try fixture.other.get(fixture.bucket, "shrunk") == Array(content[..<10]))
    }
  }

  /// SEMANTICS: attributes-travel
  @Test func propertiesSetAfterTheUploadBeganArrive() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let content = Noise.bytes(12 << 20)
      let file = try newFile(cache, "late")
      try Self.write(content, to: file)
      let set = file.setProperties(ObjectProperties(contentType: "image/png", metadata: ["late": "yes"]))
      #expect(set.isNew && set.travels)
      try file.noteProperties()
      let publication = try #require(try cache.publish(file))
      let head = try #require(try fixture.other.head(fixture.bucket, "late"))
      #expect(head.contentType == "image/png" && head.metadata == ["late": "yes"])
      #expect(ETag(head.eTag) == publication.written.etag)
      #expect(try fixture.other.get(fixture.bucket, "late") == content)
      // Nothing is to come.
      let later = file.setProperties(ObjectProperties(contentType: "image/gif"))
      #expect(later.isNew && !later.travels)
    }
  }

  /// SEMANTICS: one-moment
  @Test func writingDuringAnUploadPublishesTwoWholeVersions() async throws {
    let cache = try fixture.cache()
    let first = Noise.bytes(1_000)
    let second = Noise.bytes(1_000, seed: 2)
    let file = try await BlockingWork.run { [self] in
      let file = try newFile(cache, "busy")
      try Self.write(first, to: file)
      return file
    }
    fixture.transport.set { $0.request.method == .put ? .hold : .none }
    let publishing = BlockingWork.startJoinable { Result { try cache.publish(file) } }
    let isHeld = try await BlockingWork.run { [self] in fixture.transport.waitUntilHeld(1) }
    #expect(isHeld)
    // The bytes are on their way: the writer waits until they have been sent.
    let writing = BlockingWork.startJoinable { Result { try Self.write(second, to: file) } }
    try await eventually("the writer waits, as the publisher does") { file.state.withLock { $0.awaiting } == 2 }
    #expect(!writing.isDone)
    fixture.transport.open()
    _ = try await publishing.value().get()
    try await writing.value().get()
    #expect(try fixture.other.get(fixture.bucket, "busy") == first)
    #expect(file.isDirty)
    try await BlockingWork.run { _ = try cache.publish(file) }
    #expect(try fixture.other.get(fixture.bucket, "busy") == second)
  }

  /// SEMANTICS: exclusive-create
  @Test func anExclusiveFileDoesNotReplaceAWinner() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, "race", isExclusive: true)
      try Self.write(Array("loser".utf8), to: file)
      try fixture.other.put(fixture.bucket, "race", "winner")
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      #expect(try fixture.other.get(fixture.bucket, "race") == Array("winner".utf8))
      let pending = cache.pendingUploads
      #expect(pending.count == 1 && pending[0].state == .parked && pending[0].key == "race")
    }
  }

  @Test func anOverwriteOfAChangedObjectIsRefused() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, "changed")
      try Self.write(Array("one".utf8), to: file)
      _ = try cache.publish(file)
      try fixture.other.put(fixture.bucket, "changed", "theirs")
      try Self.write(Array("two".utf8), to: file)
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      #expect(try fixture.other.get(fixture.bucket, "changed") == Array("theirs".utf8))
      #expect(file.isDirty)
    }
  }

  /// SEMANTICS: failed-close
  @Test func aFailedUploadIsTriedAgainByItself() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, "later")
      try Self.write(Array("bytes".utf8), to: file)
      fixture.transport.set { _ in .answer(503, body: FaultyTransport.error("SlowDown")) }
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      #expect(cache.pendingUploads.first?.reason?.contains("SlowDown") ?? false)
      fixture.transport.open()
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "later") == Array("bytes".utf8))
    }
  }

  /// SEMANTICS: failed-close
  @Test func aRefusalIsParkedUntilSomebodyRetries() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, "denied")
      try Self.write(Array("bytes".utf8), to: file)
      fixture.transport.set { _ in .answer(403, body: FaultyTransport.error("AccessDenied")) }
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      #expect(cache.drain(timeout: 1, progress: { _ in }).map(\.state) == [.parked])
      fixture.transport.open()
      cache.retry(key: "denied")
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "denied") == Array("bytes".utf8))
    }
  }

  /// Its data file is gone, so nothing more may be acknowledged.
  @Test func aFileThatWasGivenUpTakesNothingMore() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, "done")
      try Self.write(Array("bytes".utf8), to: file)
      #expect(!cache.release(file))
      _ = try cache.publish(file)
      #expect(cache.release(file))
      #expect(throws: WriteBackFailure.self) { try Self.write(Array("more".utf8), to: file) }
      #expect(throws: WriteBackFailure.self) { try file.truncate(to: 1) }
      #expect(!file.isDirty && cache.pendingUploads.isEmpty)
    }
  }

  /// SEMANTICS: conflict
  @Test func aConflictBecomesAFileOfItsOwn() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      try fixture.other.put(fixture.bucket, "name", "theirs")
      let file = try cache.makeFile(
        key: ObjectKey("name"), base: CacheFile.Base(etag: ETag("older"), size: 0), properties: ObjectProperties())
      try Self.write(Array("ours".utf8), to: file)
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      #expect(file.isParked && file.isConflict)
      try cache.renameConflict(file, to: ObjectKey("copy"))
      #expect(!file.isParked && file.key == ObjectKey("copy") && file.isExclusive)
      // Told late, of the name that it has no more.
      let late = S3Error(
        code: "PreconditionFailed", message: "", status: 412, operation: "PutObject", bucket: fixture.bucket,
        key: ObjectKey("name"))
      cache.queue.failed(file, .store(late))
      #expect(!file.isParked)
      cache.uploadSoon(file)
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "copy") == Array("ours".utf8))
      #expect(try fixture.other.get(fixture.bucket, "name") == Array("theirs".utf8))
    }
  }

  /// SEMANTICS: uploads-command
  @Test func whatIsPausedWaitsUntilSomebodyWaitsForIt() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache { $0.mode = .delayed(delay: 0.01) }
      let files = try ["a", "b", "c"].map { key in
        let file = try newFile(cache, key)
        try Self.write(Array(key.utf8), to: file)
        return file
      }
      #expect(cache.pauseUploads() == 3)
      for file in files { try cache.publishLater(file, delay: 0) }
      let late = try newFile(cache, "late")
      try Self.write(Array("late".utf8), to: late)
      try cache.publishLater(late, delay: 0)
      // The drain ends at once, since it is for a person to go on.
      #expect(cache.drain(timeout: 60, progress: { _ in }).map(\.state) == [.paused, .paused, .paused, .paused])
      #expect(fixture.transport.count("PUT") == 0)
      // A close does not wait for that person.
      _ = try cache.publish(files[0])
      #expect(try fixture.other.get(fixture.bucket, "a") == Array("a".utf8))
      #expect(cache.resumeUploads(key: "b") == 1)
      #expect(cache.drain(timeout: 60, progress: { _ in }).map(\.key) == ["c", "late"])
      #expect(cache.resumeUploads() == 2)
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
    }
  }

  @Test func aPausedUploadOfPartsStopsBehindThoseUnderWay() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache { $0.concurrency = 1 }
      let file = try newFile(cache, "large")
      let bytes = Noise.bytes(21 << 20)
      fixture.transport.set { $0.kind == "PUT part" && $0.ordinal == 2 ? .hold : .none }
      try Self.write(bytes, to: file)
      try cache.publishLater(file, delay: 0)
      #expect(fixture.transport.waitUntilHeld(1))
      #expect(cache.pauseUploads(key: "large") == 1)
      fixture.transport.open()
      #expect(cache.drain(timeout: 60, progress: { _ in }).map(\.state) == [.paused])
      try BlockingWork.eventually("two parts are sent") { cache.pendingUploads.first?.transferred == 10 << 20 }
      #expect(fixture.transport.count("PUT part") == 2)
      cache.resumeUploads(key: "large")
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "large") == bytes)
    }
  }

  @Test func aFileRemovedDuringItsUploadNeverAppears() async throws {
    let cache = try fixture.cache()
    let file = try await BlockingWork.run { [self] in
      let file = try newFile(cache, "gone")
      try Self.write(Noise.bytes(12 << 20), to: file)
      return file
    }
    fixture.transport.set { $0.request.method == .put ? .hold : .none }
    let publishing = BlockingWork.startJoinable { Result { try cache.publish(file) } }
    let isHeld = try await BlockingWork.run { [self] in
      // A part is sent while the file is written, too.
      try BlockingWork.eventually("it is being published") { file.state.withLock { $0.publishing != nil } }
      return fixture.transport.waitUntilHeld(1)
    }
    #expect(isHeld)
    let discarding = BlockingWork.startJoinable { cache.discard(file) }
    try await eventually("it is being removed") { file.state.withLock { $0.isDiscarded } }
    fixture.transport.open()
    await #expect(throws: WriteBackFailure.self) { try await publishing.value().get() }
    try await discarding.value()
    #expect(try fixture.other.list(fixture.bucket).isEmpty)
    #expect(cache.pendingUploads.isEmpty)
  }
}
