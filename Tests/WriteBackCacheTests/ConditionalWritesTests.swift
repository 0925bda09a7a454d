// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Logging
import S3Client
import SigV4
import TestSupport
import Testing
import Transfer

@testable import WriteBackCache

@Suite("Stores that keep conditions, and stores that do not") struct ConditionalWritesTests {
  private static let sizes = [1 << 10, 6 << 20]
  private static let key = ObjectKey("k")

  private let directory: TemporaryDirectory
  private let store: MemoryS3Transport
  private let client: S3Client

  private init(_ support: MemoryCapabilities.Support) throws {
    directory = try TemporaryDirectory("conditions")
    var capabilities = MemoryCapabilities()
    capabilities.conditionalWrites = support
    store = MemoryS3Transport(MemoryBucket(name: "bucket", capabilities: capabilities))
    client = try S3Client(
      configuration: S3Configuration(
        bucket: "bucket", region: "us-east-1", endpoint: "http://memory.test", addressing: .path),
      credentials: StaticCredentials(AWSCredentials(accessKeyID: "KEY", secretAccessKey: "SECRET")), transport: store)
    store.put(MemoryKey("k"), Array("before".utf8))
  }

  /// Swift Testing wants one.
  init() throws { try self.init(.honoured) }

  private func cache() throws -> WriteBackCache {
    var configuration = WriteBackCacheConfiguration(directory: directory.path("cache"))
    configuration.partSize = 5 << 20
    return try WriteBackCache.opened(configuration, client)
  }

  /// A copy of what is there, with other bytes.
  private func changed(_ cache: WriteBackCache, _ bytes: [UInt8]) async throws -> CacheFile {
    let head = try await client.headObject(Self.key)
    return try await BlockingWork.run {
      let file = try cache.makeFile(
        key: Self.key, base: CacheFile.Base(etag: head.etag, size: head.size), properties: ObjectProperties())
      try file.truncate(to: 0)
      _ = try bytes.withUnsafeBytes { try file.write($0, at: 0) }
      return file
    }
  }

  private func publish(_ cache: WriteBackCache, _ bytes: [UInt8]) async throws {
    let file = try await changed(cache, bytes)
    try await BlockingWork.run {
      _ = try cache.publish(file)
      #expect(cache.release(file))
    }
    #expect(store.contents[MemoryKey("k")] == bytes)
  }

  private var puts: Int { client.requestCounts["PutObject"] ?? 0 }

  /// SEMANTICS: conditions-known
  @Test func aStoreThatKeepsThemIsAskedOnce() async throws {
    let test = try ConditionalWritesTests(.honoured)
    do {
      let cache = try test.cache()
      try await test.publish(cache, Noise.bytes(100, seed: 1))
      #expect(test.puts == 2)
      try await test.publish(cache, Noise.bytes(100, seed: 2))
      #expect(test.puts == 3)
      try await BlockingWork.run { cache.close() }
    }
    let cache = try test.cache()
    try await test.publish(cache, Noise.bytes(100, seed: 3))
    #expect(test.puts == 4)
  }

  /// SEMANTICS: conditions-known
  @Test(arguments: sizes)
  func whoeverKeepsThemRefuses(_ size: Int) async throws {
    let test = try ConditionalWritesTests(.honoured)
    let cache = try test.cache()
    let file = try await test.changed(cache, Noise.bytes(size, seed: 4))
    test.store.put(MemoryKey("k"), Array("theirs".utf8))
    await #expect(throws: WriteBackFailure.self) { try await BlockingWork.run { _ = try cache.publish(file) } }
    #expect(file.isConflict && test.store.contents[MemoryKey("k")] == Array("theirs".utf8))
    #expect(cache.context.conditions.support == .unknown)
  }

  /// Which tells nothing of If-Match: a store may know If-None-Match alone.
  @Test func aRefusedNewFileTeachesNothing() async throws {
    let test = try ConditionalWritesTests(.honoured)
    let cache = try test.cache()
    try await BlockingWork.run {
      let file = try cache.makeFile(
        key: Self.key, base: nil, properties: ObjectProperties(), isExclusive: true)
      try file.markCreated()
      #expect(throws: WriteBackFailure.self) { try cache.publish(file) }
    }
    #expect(cache.context.conditions.support == .unknown)
  }

  /// Each overwrite looks first.
  /// SEMANTICS: conditions-known
  @Test(arguments: [MemoryCapabilities.Support.ignored, .refused], sizes)
  func aStoreThatDoesNot(_ support: MemoryCapabilities.Support, _ size: Int) async throws {
    let test = try ConditionalWritesTests(support)
    let cache = try test.cache()
    try await test.publish(cache, Noise.bytes(size, seed: 5))
    #expect(cache.context.conditions.support == .lacking)
    try await test.publish(cache, Noise.bytes(size, seed: 6))
    let file = try await test.changed(cache, Noise.bytes(size, seed: 7))
    test.store.put(MemoryKey("k"), Array("theirs".utf8))
    await #expect(throws: WriteBackFailure.self) { try await BlockingWork.run { _ = try cache.publish(file) } }
    #expect(file.isConflict && test.store.contents[MemoryKey("k")] == Array("theirs".utf8))
    #expect(test.store.uploads.isEmpty)
  }

  /// O_EXCL.
  @Test(arguments: [MemoryCapabilities.Support.ignored, .refused])
  func aNewFileOverwritesNothing(_ support: MemoryCapabilities.Support) async throws {
    let test = try ConditionalWritesTests(support)
    let cache = try test.cache()
    func create(_ key: String) async throws -> CacheFile {
      try await BlockingWork.run {
        let file = try cache.makeFile(
          key: ObjectKey(key), base: nil, properties: ObjectProperties(), isExclusive: true)
        _ = try Array("ours".utf8).withUnsafeBytes { try file.write($0, at: 0) }
        return file
      }
    }
    let (file, late) = (try await create("new"), try await create("k"))
    try await BlockingWork.run { _ = try cache.publish(file) }
    #expect(test.store.contents[MemoryKey("new")] == Array("ours".utf8))
    await #expect(throws: WriteBackFailure.self) { try await BlockingWork.run { _ = try cache.publish(late) } }
    #expect(late.isConflict && test.store.contents[MemoryKey("k")] == Array("before".utf8))
  }

  /// What the last run made and could not note is ours, also for a store that was never asked.
  @Test func ourOwnNewFileIsRecognised() async throws {
    let test = try ConditionalWritesTests(.honoured)
    let bytes = Noise.bytes(100, seed: 8)
    do {
      let cache = try test.cache()
      try await BlockingWork.run {
        let file = try cache.makeFile(
          key: ObjectKey("new"), base: nil, properties: ObjectProperties(contentType: "text/x"), isExclusive: true)
        _ = try bytes.withUnsafeBytes { try file.write($0, at: 0) }
        cache.close()
      }
    }
    var checksum = CRC32()
    bytes.withUnsafeBytes { checksum.update($0) }
    _ = try await test.client.putObject(
      ObjectKey("new"), body: .bytes(bytes), properties: ObjectProperties(contentType: "text/x"), crc32: checksum.value)
    let cache = try test.cache()
    let file = try #require(cache.recovered.first)
    try await BlockingWork.run { _ = try cache.publish(file) }
    #expect(!file.isDirty && cache.context.conditions.support == .unknown)
  }
}
