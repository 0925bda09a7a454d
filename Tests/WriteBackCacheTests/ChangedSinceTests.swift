// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

/// The bucket has a version of ours of which nobody heard, and the file has gone on.
@Suite("Files that were changed behind an upload without an answer, on a real server") struct ChangedSinceTests {
  private let fixture: CacheFixture

  init() throws { fixture = try CacheFixture() }

  private func write(_ bytes: [UInt8], to file: CacheFile, at offset: Int64) throws {
    #expect(try bytes.withUnsafeBytes { try file.write($0, at: offset) } == bytes.count)
  }

  /// Publishes `bytes`, over an object or as the first of its name; the object is made, but nobody hears of it.
  private func publishUnheard(_ bytes: [UInt8], _ cache: WriteBackCache, isNew: Bool) throws -> CacheFile {
    let file: CacheFile
    if isNew {
      file = try cache.makeFile(
        key: ObjectKey("k"), base: nil, properties: ObjectProperties(), isExclusive: true)
      try file.markCreated()
    } else {
      try fixture.other.put(fixture.bucket, "k", "before")
      let head = try #require(try fixture.other.head(fixture.bucket, "k"))
      file = try cache.makeFile(
        key: ObjectKey("k"), base: CacheFile.Base(etag: ETag(head.eTag), size: 6), properties: ObjectProperties())
      try file.truncate(to: 0)
    }
    if !bytes.isEmpty { try write(bytes, to: file, at: 0) }
    fixture.transport.set {
      switch $0.kind {
      case "PUT", "POST upload": $0.ordinal == 1 ? .loseAnswer : .refuse
      default: $0.request.method == .head || $0.kind == "GET upload" ? .refuse : .none
      }
    }
    #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
    #expect(try fixture.other.get(fixture.bucket, "k") == bytes)
    return file
  }

  /// In the same run.
  /// SEMANTICS: own-version
  @Test(arguments: [100, 1 << 10, 6 << 20] as [Int], [false, true])
  func isNoConflict(_ count: Int, _ isNew: Bool) async throws {
    try await BlockingWork.run { [self] in
      let content = Noise.bytes(count, seed: 1)
      let cache = try fixture.cache { $0.retryDelay = 1_000...1_000 }
      let file = try publishUnheard(content, cache, isNew: isNew)
      let changed = Noise.bytes(200, seed: 2)
      try write(changed, to: file, at: 50)
      fixture.transport.open()
      _ = try cache.publish(file)
      let expected = content[..<50] + changed + content.dropFirst(250)
      #expect(try fixture.other.get(fixture.bucket, "k") == Array(expected))
      #expect(cache.release(file))
    }
  }

  /// And in the next one, where nobody waits for an answer: a handful of bytes is enough.
  /// SEMANTICS: own-version
  @Test(arguments: [0, 1, 100, 1 << 10, 6 << 20] as [Int], [false, true])
  func isNoConflictInTheNextRun(_ count: Int, _ isNew: Bool) async throws {
    try await BlockingWork.run { [self] in
      let content = Noise.bytes(count, seed: 3)
      let changed = Noise.bytes(700, seed: 4)
      do {
        let cache = try fixture.cache { $0.retryDelay = 1_000...1_000 }
        let file = try publishUnheard(content, cache, isNew: isNew)
        try write(changed, to: file, at: 0)
        cache.close()
      }
      fixture.transport.open()
      let cache = try fixture.cache()
      cache.start(observer: Deaf())
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "k") == changed + Array(content.dropFirst(700)))
    }
  }

  /// The next run finds just what the file is: nothing was changed behind the upload.
  @Test(arguments: [0, 1, 100] as [Int], [false, true])
  func aSmallVersionOfOursIsNoConflictInTheNextRun(_ count: Int, _ isNew: Bool) async throws {
    try await BlockingWork.run { [self] in
      let content = Noise.bytes(count, seed: 5)
      do {
        let cache = try fixture.cache { $0.retryDelay = 1_000...1_000 }
        _ = try publishUnheard(content, cache, isNew: isNew)
        cache.close()
      }
      fixture.transport.open()
      let cache = try fixture.cache()
      cache.start(observer: Deaf())
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "k") == content)
    }
  }

  /// Two programs make the same lock file: only one may have it.
  /// SEMANTICS: own-version
  @Test func theSameBytesOfAnotherWriterAreNotOurs() async throws {
    try await BlockingWork.run { [self] in
      let cache = try fixture.cache { $0.retryDelay = 1_000...1_000 }
      let content = Noise.bytes(1 << 10, seed: 9)
      let file = try cache.makeFile(
        key: ObjectKey("k"), base: nil, properties: ObjectProperties(metadata: ["mtime": "1.5"]), isExclusive: true)
      try write(content, to: file, at: 0)
      fixture.transport.set { $0.kind == "PUT" ? .dropAfter(10) : .none }
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      try fixture.other.put(fixture.bucket, "k", content, metadata: ["mtime": "1.6"])
      fixture.transport.open()
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
      #expect(file.isConflict && file.isExclusive)
    }
  }

  /// Somebody else was faster, with as many bytes.
  @Test(arguments: [false, true])
  func somebodyElsesVersionIsAConflict(_ isNextRun: Bool) async throws {
    try await BlockingWork.run { [self] in
      var cache: WriteBackCache? = try fixture.cache { $0.retryDelay = 1_000...1_000 }
      let content = Noise.bytes(1 << 10, seed: 6)
      var file: CacheFile? = try publishUnheard(content, #require(cache), isNew: false)
      try write(Noise.bytes(100, seed: 7), to: #require(file), at: 0)
      let theirs = Noise.bytes(1 << 10, seed: 8)
      try fixture.other.put(fixture.bucket, "k", theirs)
      if isNextRun {
        cache?.close()
        (cache, file) = (nil, nil)
        cache = try fixture.cache()
        file = try #require(cache?.recovered.first)
      }
      fixture.transport.open()
      #expect(throws: WriteBackFailure.self) { try #require(cache).publish(#require(file)) }
      #expect(try #require(file).isConflict)
      #expect(try fixture.other.get(fixture.bucket, "k") == theirs)
    }
  }
}
