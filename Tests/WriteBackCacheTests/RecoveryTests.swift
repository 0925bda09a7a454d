// SPDX-License-Identifier: Apache-2.0

import Glibc
import S3Client
import TestSupport
import Testing
import WriteBackCache

@Suite("Recovery, on a real server") struct RecoveryTests {
  private final class Deaf: WriteBackCache.Observer {
    func cacheFile(_ file: CacheFile, published publication: CacheFile.Publication) {}
    func cacheFile(_ file: CacheFile, failed failure: WriteBackFailure) {}
  }

  private let fixture: CacheFixture

  init() throws { fixture = try CacheFixture() }

  @Test func whatWasNotPublishedIsUploadedByTheNextRun() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try fixture.cache()
        let file = try cache.makeFile(
          key: ObjectKey("a/b.txt"), base: nil,
          properties: ObjectProperties(contentType: "text/x", metadata: ["k": "v"]))
        _ = try Array("bytes".utf8).withUnsafeBytes { try file.write($0, at: 0) }
        // No publish, no release: as after kill -9.
        cache.close()
      }
      let cache = try fixture.cache()
      let recovered = try #require(cache.recovered.first)
      #expect(cache.recovered.count == 1 && recovered.key == ObjectKey("a/b.txt") && recovered.size == 5)
      let observer = Deaf()
      cache.start(observer: observer)
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
      #expect(try fixture.other.get(fixture.bucket, "a/b.txt") == Array("bytes".utf8))
      let head = try #require(try fixture.other.head(fixture.bucket, "a/b.txt"))
      #expect(head.contentType == "text/x" && head.metadata == ["k": "v"])
    }
  }

  @Test func anUploadThatTheLastRunCouldNotNoteIsNoConflict() async throws {
    try await BlockingWork.run { [self] in
      let content = (0..<4_096).map { (index: Int) -> UInt8 in UInt8(truncatingIfNeeded: index &* 31) }
      do {
        let cache = try fixture.cache()
        let file = try cache.makeFile(
          key: ObjectKey("k"), base: nil, properties: ObjectProperties(contentType: "text/x"), isExclusive: true)
        _ = try content.withUnsafeBytes { try file.write($0, at: 0) }
        cache.close()
      }
      // What the upload left in the bucket, while the record still says "exclusive, dirty".
      try fixture.other.put(fixture.bucket, "k", content, contentType: "text/x")
      let cache = try fixture.cache()
      let observer = Deaf()
      cache.start(observer: observer)
      #expect(cache.drain(timeout: 60, progress: { _ in }).isEmpty)
    }
  }

  @Test func aRefusedUploadStaysRefusedInTheNextRun() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try fixture.cache()
        let file = try cache.makeFile(key: ObjectKey("k"), base: nil, properties: ObjectProperties())
        _ = try Array("bytes".utf8).withUnsafeBytes { try file.write($0, at: 0) }
        fixture.transport.set { _ in .answer(403, body: FaultyTransport.error("AccessDenied")) }
        #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
        cache.close()
      }
      fixture.transport.open()
      let cache = try fixture.cache()
      let recovered = try #require(cache.recovered.first)
      #expect(recovered.isParked && !recovered.isConflict)
    }
  }

  @Test func theBucketHasItSoTheDiskForgets() async throws {
    try await BlockingWork.run { [self] in
      do {
        let cache = try fixture.cache()
        let file = try cache.makeFile(key: ObjectKey("k"), base: nil, properties: ObjectProperties())
        _ = try Array("bytes".utf8).withUnsafeBytes { try file.write($0, at: 0) }
        _ = try cache.publish(file)
        cache.release(file)
        cache.close()
      }
      #expect(try fixture.cache().recovered.isEmpty)
    }
  }

  @Test func anUnreadableRecordIsKeptAndCounted() async throws {
    try await BlockingWork.run { [self] in
      do { _ = try fixture.cache() }
      let data = fixture.directory.path("cache/data")
      for (name, text) in [("7.entry", "pail-entry 1\nke"), ("7", "precious")] {
        try FormatOne.write(text, to: "\(data)/\(name)")
      }
      let cache = try fixture.cache()
      #expect(cache.unreadable == ["7"] && cache.recovered.isEmpty)
      #expect(access("\(data)/7", R_OK) == 0 && access("\(data)/7.entry", R_OK) == 0)
    }
  }

  @Test func twoProcessesNeverShareADirectory() throws {
    let first = try fixture.cache()
    #expect(throws: WriteBackCacheError.self) { try fixture.cache() }
    first.close()
  }

  @Test func aNewerFormatIsRefusedAndLeftAlone() throws {
    do { _ = try fixture.cache() }
    let path = fixture.directory.path("cache/format")
    let file = try #require(fopen(path, "w"))
    fputs("99\n", file)
    fclose(file)
    #expect(throws: WriteBackCacheError.self) { try fixture.cache() }
  }

  @Test func aDirectoryThatOthersCanReadIsRefused() throws {
    let path = fixture.directory.path("cache")
    mkdir(path, 0o755)
    chmod(path, 0o755)
    #expect(throws: WriteBackCacheError.self) { try fixture.cache() }
  }
}
