// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import S3Client
import TestSupport
import Testing
import Transfer

@testable import WriteBackCache

@Suite("Files that the store makes by a copy, on a real server") struct CopyingTests {
  private static let size: Int64 = 12 << 20

  private let fixture: CacheFixture
  private let content = Noise.bytes(Int(CopyingTests.size), seed: 11)

  init() throws { fixture = try CacheFixture() }

  private func source() throws -> CopySource {
    try fixture.other.put(fixture.bucket, "source", content)
    let head = try #require(try fixture.other.head(fixture.bucket, "source"))
    return CopySource(bucket: nil, key: ObjectKey("source"), ifMatch: ETag(head.eTag))
  }

  private func newFile(_ cache: WriteBackCache, isExclusive: Bool = false) throws -> CacheFile {
    let file = try cache.makeFile(
      key: ObjectKey("copy"), base: nil, properties: ObjectProperties(), isExclusive: isExclusive)
    try file.markCreated()
    return file
  }

  /// As the file system does it.
  private func copy(
    _ cache: WriteBackCache, _ source: CopySource, to file: CacheFile
  ) throws -> CacheFile.Publication? {
    cache.suspend(file)
    defer { cache.resume(file) }
    return try cache.copy(
      source, size: Self.size, to: file, properties: ObjectProperties(contentType: "text/x", metadata: ["k": "v"]))
  }

  private static func write(_ text: String, at offset: Int64, to file: CacheFile) throws {
    #expect(try Array(text.utf8).withUnsafeBytes { try file.write($0, at: offset) } == text.utf8.count)
  }

  private var sent: Int { fixture.transport.count("PUT") + fixture.transport.count("PUT part") }

  /// SEMANTICS: copy-by-store
  @Test(arguments: [false, true]) func noByteComesHere(isExclusive: Bool) async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, isExclusive: isExclusive)
      let made = try #require(try copy(cache, source(), to: file))
      #expect(made.size == Self.size && !file.isDirty && !file.isWhole && file.size == Self.size)
      #expect(cache.pendingUploads.isEmpty && fixture.client.requestCounts["GetObject"] == nil)
      // The close that follows has nothing to do.
      _ = try cache.publish(file)
      #expect(fixture.client.requestCounts["CopyObject"] == 1 && fixture.client.requestCounts["PutObject"] == nil)
      #expect(try fixture.other.get(fixture.bucket, "copy") == content)
      let head = try #require(try fixture.other.head(fixture.bucket, "copy"))
      #expect(head.contentType == "text/x" && head.metadata == ["k": "v"])
      // What is written and read later is that of any large object.
      try Self.write("changed", at: 100, to: file)
      _ = try cache.publish(file)
      var expected = content
      expected.replaceSubrange(100..<107, with: Array("changed".utf8))
      #expect(try fixture.other.get(fixture.bucket, "copy") == expected)
      var bytes = [UInt8](repeating: 0, count: expected.count)
      #expect(try bytes.withUnsafeMutableBytes { try file.read(at: 0, into: $0) } == expected.count)
      #expect(bytes == expected)
      #expect(cache.release(file))
    }
  }

  /// SEMANTICS: copy-by-store
  @Test func onlyANewFileBecomesACopy() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache)
      try Self.write("x", at: 0, to: file)
      #expect(try copy(cache, source(), to: file) == nil)
      _ = try cache.publish(file)
      try file.truncate(to: 0)
      // Emptied: its base is replaced.
      #expect(try copy(cache, source(), to: file) != nil)
      #expect(try fixture.other.get(fixture.bucket, "copy") == content)
      #expect(try copy(cache, source(), to: file) == nil)
    }
  }

  /// Somebody else has the name, has changed the source, or the store does not copy: nothing is copied, and nothing lost.
  /// SEMANTICS: copy-by-store
  @Test(arguments: ["name", "source", "refused"]) func whatIsRefusedLeavesTheFileAsItWas(_ what: String) async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, isExclusive: true)
      let source = try source()
      switch what {
      case "name": try fixture.other.put(fixture.bucket, "copy", "theirs")
      case "source": try fixture.other.put(fixture.bucket, "source", "another")
      default:
        fixture.transport.set {
          $0.request.headers["x-amz-copy-source"] != nil
            ? .answer(501, body: FaultyTransport.error("NotImplemented")) : .none
        }
      }
      #expect(try copy(cache, source, to: file) == nil)
      #expect(file.isDirty && file.size == 0 && file.isWhole && file.isExclusive && !file.isUnclear)
      try Self.write("bytes", at: 0, to: file)
      if what == "name" {
        #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
        #expect(try fixture.other.get(fixture.bucket, "copy") == Array("theirs".utf8))
      } else {
        _ = try cache.publish(file)
        #expect(try fixture.other.get(fixture.bucket, "copy") == Array("bytes".utf8))
      }
    }
  }

  /// SEMANTICS: copy-by-store
  @Test func anAnswerThatIsLost() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache()
      let file = try newFile(cache, isExclusive: true)
      let source = try source()
      fixture.transport.set { $0.request.headers["x-amz-copy-source"] != nil ? .loseAnswer : .none }
      #expect(try copy(cache, source, to: file)?.size == Self.size)
      #expect(!file.isDirty && file.size == Self.size && !file.isUnclear)
    }
  }

  /// The store has made it, and says nothing at all: the program hears of that. What it does then is no conflict with itself.
  /// SEMANTICS: copy-by-store
  @Test func aStoreThatFallsSilent() async throws {
    try await BlockingWork.run { [self] in
      let source = try source()
      do {
        let cache = try fixture.cache()
        let file = try newFile(cache, isExclusive: true)
        fixture.transport.set {
          if $0.request.headers["x-amz-copy-source"] != nil { return .loseAnswer }
          return $0.request.method == .head && $0.ordinal > 1 ? .refuse : .none
        }
        #expect(throws: WriteBackFailure.self) { try copy(cache, source, to: file) }
        #expect(file.isDirty && file.size == 0 && file.isUnclear)
        cache.close()
      }
      fixture.transport.open()
      // Nor has the next run one.
      let cache = try fixture.cache()
      cache.start(observer: Deaf())
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "copy").isEmpty)
    }
  }
}
