// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport
import Testing

@testable import Transfer

private let mebibyte = 1 << 20

@Suite("Uploads, on real servers", .serialized) struct ObjectUploadTests {
  @Test(
    arguments: StoreKind.allCases, [0, 1, 5 * mebibyte, 5 * mebibyte + 1, 12 * mebibyte + 345])
  func anyKindOfSourceArrivesWhole(_ kind: StoreKind, size: Int) async throws {
    let fixture = try await UploadFixture(kind)
    let bytes = Noise.bytes(size)
    let file = try fixture.file("source", bytes)
    let chunks = AsyncStream<[UInt8]> { continuation in
      for start in stride(from: 0, to: size, by: 300_001) {
        continuation.yield(Array(bytes[start..<min(start + 300_001, size)]))
      }
      continuation.finish()
    }
    let sources: [(String, UploadSource)] = [
      ("bytes", .bytes(bytes)), ("file", .file(path: file)), ("chunks", .chunks(ChunkSource(chunks))),
    ]
    for (key, source) in sources {
      let (upload, progress) = fixture.upload(source, key: key)
      upload.start()
      let uploaded = try await upload.result().get()
      #expect(uploaded.size == Int64(size))
      #expect(upload.phase == .succeeded)
      #expect(progress.isSound(total: Int64(size)))
      #expect(try await fixture.other.get(key) == bytes, "\(key)")
      let head = try #require(try await fixture.other.head(key))
      #expect(head.contentType == "text/x-test" && head.metadata == ["a": "1"])
      #expect(ETag(head.eTag) == uploaded.object.etag)
    }
    #expect(try await fixture.openUploads() == [])
  }

  @Test func theStoreKeepsTheChecksumOfTheWholeObject() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let bytes = Noise.bytes(11 * mebibyte)
    let (upload, _) = fixture.upload(.bytes(bytes))
    upload.start()
    _ = try await upload.result().get()
    var checksum = CRC32()
    bytes.withUnsafeBytes { checksum.update($0) }
    let head = try await fixture.client.headObject(ObjectKey("object"))
    #expect(head.checksumCRC32.flatMap(ChecksumCRC32.decode) == checksum.value)
  }

  /// ministack says BadDigest to the right checksum of a whole object.
  @Test func aStoreThatCannotCheckWholeObjectsIsAskedOnce() async throws {
    let fixture = try await UploadFixture(.ministack)
    let capabilities = StoreCapabilities()
    for key in ["first", "second"] {
      fixture.transport.set { _ in .none }
      let upload = ObjectUpload(
        client: fixture.client, source: .bytes(Noise.bytes(6 * mebibyte)),
        configuration: .init(key: ObjectKey(key), properties: ObjectProperties()), capabilities: capabilities)
      upload.start()
      _ = try await upload.result().get()
      #expect(fixture.transport.count("POST upload") == (key == "first" ? 2 : 1))
    }
    #expect(capabilities.checksums == .composite)
  }

  @Test(arguments: StoreKind.allCases, [mebibyte, 6 * mebibyte])
  func anExistingObjectIsNotReplacedAgainstTheCallersWill(_ kind: StoreKind, size: Int) async throws {
    let fixture = try await UploadFixture(kind)
    _ = try await fixture.plain.putObject(
      ObjectKey("object"), body: .bytes(Array("already there".utf8)), properties: ObjectProperties())
    let (upload, _) = fixture.upload(.bytes(Noise.bytes(size)), journaled: true) { $0.condition = .isAbsent }
    upload.start()
    guard case .failure(.store(let error)) = await upload.result() else {
      Issue.record("the upload succeeded")
      return
    }
    #expect(error.status == 412)
    #expect(try await fixture.object() == Array("already there".utf8))
    #expect(try await fixture.openUploads() == [])
    #expect(names(in: fixture.directory.path("journal")) == [])
  }

  @Test func pausingTakesEffectWithinAPartAndLosesNothing() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let bytes = Noise.bytes(27 * mebibyte)
    let (upload, progress) = fixture.upload(.bytes(bytes)) { $0.concurrency = 2 }
    fixture.transport.set { $0.kind == "PUT part" ? .hold : .none }
    upload.start()
    #expect(try await BlockingWork.run { fixture.transport.waitUntilHeld(2) })
    upload.pause()
    #expect(upload.phase == .paused)
    fixture.transport.open()
    // The two under way arrive; nobody sends a third.
    try await eventually("the two parts under way arrive") { upload.settledBytes >= 10 << 20 }
    #expect(upload.partsAfterPause == [3, 4])
    #expect(fixture.transport.count("PUT part") == 2)
    #expect(upload.progress.transferred == 10 << 20)
    upload.resume()
    _ = try await upload.result().get()
    #expect(fixture.transport.count("PUT part") == 6)
    #expect(progress.isSound(total: 27 << 20))
    #expect(try await fixture.object() == bytes)
  }

  @Test(arguments: ["PUT part", "POST uploads"]) func cancellingLeavesNothing(_ held: String) async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let (upload, _) = fixture.upload(.bytes(Noise.bytes(12 * mebibyte)), journaled: true)
    fixture.transport.set { $0.kind == held ? .hold : .none }
    upload.start()
    #expect(try await BlockingWork.run { fixture.transport.waitUntilHeld(1) })
    upload.cancel()
    #expect(upload.phase == .canceled)
    fixture.transport.open()
    guard case .failure(.canceled) = await upload.result() else {
      Issue.record("not cancelled")
      return
    }
    #expect(upload.phase == .canceled)
    #expect(try await fixture.openUploads() == [])
    #expect(try await fixture.head() == nil)
    #expect(names(in: fixture.directory.path("journal")) == [])
  }

  @Test func cancellingASequenceThatNeverEndsEnds() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let (stream, continuation) = AsyncStream<[UInt8]>.makeStream()
    continuation.yield(Noise.bytes(11 * mebibyte))
    let (upload, _) = fixture.upload(.chunks(ChunkSource(stream)))
    upload.start()
    try await eventually("the first part is sent") { upload.progress.transferred >= 5 << 20 }
    upload.cancel()
    guard case .failure(.canceled) = await upload.result() else {
      Issue.record("not cancelled")
      return
    }
    #expect(try await fixture.openUploads() == [])
  }

  /// A sequence that is faster than the network must not fill the memory.
  @Test func aSequenceWaitsForTheNetwork() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let chunk = Noise.bytes(mebibyte)
    let source = CountingChunks(chunk: chunk, limit: 64)
    let (upload, _) = fixture.upload(.chunks(ChunkSource(source))) { $0.concurrency = 2 }
    fixture.transport.set { $0.kind == "PUT part" ? .hold : .none }
    upload.start()
    #expect(try await BlockingWork.run { fixture.transport.waitUntilHeld(2) })
    try await eventually("the source waits for the network") { upload.sourceWaits }
    // (concurrency + 2) parts of 5 MiB, and the chunk in hand.
    #expect(source.taken <= 21)
    fixture.transport.open()
    #expect(try await upload.result().get().size == 64 << 20)
    #expect(try await fixture.object() == repeatElement(chunk, count: 64).reduce(into: []) { $0 += $1 })
  }

  @Test func aSequenceThatFailsMakesNoObject() async throws {
    struct Broken: Error {}
    let fixture = try await UploadFixture(.seaweedFS)
    let chunks = AsyncThrowingStream<[UInt8], any Error> { continuation in
      continuation.yield(Noise.bytes(11 * mebibyte))
      continuation.finish(throwing: Broken())
    }
    let (upload, _) = fixture.upload(.chunks(ChunkSource(chunks)))
    upload.start()
    guard case .failure(.source) = await upload.result() else {
      Issue.record("no failure of the source")
      return
    }
    #expect(try await fixture.openUploads() == [])
    #expect(try await fixture.head() == nil)
  }

  @Test(arguments: ["no file", "a directory"]) func whatCannotBeReadIsSaidSo(_ what: String) async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let path = what == "no file" ? fixture.directory.path("missing") : fixture.directory.path
    let (upload, _) = fixture.upload(.file(path: path))
    upload.start()
    guard case .failure(.source(let message)) = await upload.result() else {
      Issue.record("no failure of the source")
      return
    }
    #expect(message.hasPrefix(path))
  }
}

/// Gives out the same chunk again and again, and counts how often.
private final class CountingChunks: AsyncSequence, Sendable {
  let chunk: [UInt8]
  let limit: Int
  private let count = Counter()

  init(chunk: [UInt8], limit: Int) { (self.chunk, self.limit) = (chunk, limit) }

  var taken: Int { count.value }

  struct Iterator: AsyncIteratorProtocol {
    let chunks: CountingChunks

    mutating func next() async -> [UInt8]? {
      guard chunks.count.value < chunks.limit else { return nil }
      _ = chunks.count.next()
      return chunks.chunk
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator(chunks: self) }
}
