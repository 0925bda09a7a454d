// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport
import Testing

@testable import Transfer

private let mebibyte = 1 << 20

/// A process that ends is an upload whose requests fail from some point on and that nobody asks any more.
@Suite("Uploads that a later process goes on with, on real servers", .serialized) struct UploadResumeTests {
  /// Sends `count` parts and then nothing more.
  private func interrupted(
    _ fixture: UploadFixture, _ source: UploadSource, parts count: Int,
    _ change: (inout ObjectUpload.Configuration) -> Void = { _ in }
  ) async throws {
    let (upload, _) = fixture.upload(source, journaled: true) {
      $0.concurrency = 1
      change(&$0)
    }
    fixture.transport.set { $0.kind == "PUT part" && $0.ordinal > count ? .answer(403, body: "") : .none }
    upload.start()
    guard case .failure(.store(let error)) = await upload.result() else { throw TestSupportError("it succeeded") }
    #expect(error.status == 403)
    #expect(names(in: fixture.directory.path("journal")).count == 1)
    fixture.transport.set { _ in .none }
  }

  @Test(arguments: StoreKind.allCases, [true, false])
  func onlyTheMissingPartsAreSent(_ kind: StoreKind, fromFile: Bool) async throws {
    let fixture = try await UploadFixture(kind)
    let bytes = Noise.bytes(23 * mebibyte)
    let source: UploadSource = fromFile ? .file(path: try fixture.file("source", bytes)) : .bytes(bytes)
    try await interrupted(fixture, source, parts: 3)
    let (upload, progress) = fixture.upload(source, journaled: true)
    upload.start()
    _ = try await upload.result().get()
    #expect(fixture.transport.count("POST uploads") == 0)
    #expect(fixture.transport.count("PUT part") == 2)
    #expect(fixture.transport.bytes("PUT part") == 8 << 20)
    #expect(progress.isSound(total: 23 << 20) && progress.all.contains { $0.transferred == 15 << 20 })
    #expect(try await fixture.object() == bytes)
    #expect(names(in: fixture.directory.path("journal")) == [])
  }

  /// SeaweedFS lists a part that was sent twice, twice.
  @Test(arguments: StoreKind.allCases) func aPartThatWasSentTwiceIsNoObstacle(_ kind: StoreKind) async throws {
    let fixture = try await UploadFixture(kind)
    let bytes = Noise.bytes(23 * mebibyte)
    let source = UploadSource.file(path: try fixture.file("source", bytes))
    try await interrupted(fixture, source, parts: 3)
    let open = try #require(try await fixture.openUploads().first)
    for (number, content) in [(2, Array(bytes[(5 * mebibyte)..<(10 * mebibyte)])), (4, Noise.bytes(5 * mebibyte))] {
      var checksum = CRC32()
      content.withUnsafeBytes { checksum.update($0) }
      _ = try await fixture.plain.uploadPart(
        ObjectKey("object"), upload: open, number: number, body: .bytes(content), crc32: checksum.value)
    }
    let (upload, _) = fixture.upload(source, journaled: true)
    upload.start()
    _ = try await upload.result().get()
    #expect(fixture.transport.count("POST uploads") == 0)
    #expect(fixture.transport.count("PUT part") == 2)
    #expect(try await fixture.object() == bytes)
    #expect(try await fixture.openUploads() == [])
  }

  /// What has changed, and whether what was sent is still of use.
  enum Change: CaseIterable { case content, contentWithOldTime, properties, partSize }

  @Test(arguments: Change.allCases) func whatIsNotTheSameUploadBeginsAnew(_ change: Change) async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    var bytes = Noise.bytes(23 * mebibyte)
    let path = try fixture.file("source", bytes)
    if change == .contentWithOldTime { touch(path, secondsFromNow: -100) }
    try await interrupted(fixture, .file(path: path), parts: 3)
    if change == .content || change == .contentWithOldTime {
      bytes[100] ^= 1
      try writeFile(path, [bytes[100]], at: 100)
      if change == .contentWithOldTime { touch(path, secondsFromNow: -100) }
    }
    let (upload, _) = fixture.upload(.file(path: path), journaled: true) {
      if change == .properties { $0.properties.metadata = ["a": "2"] }
      if change == .partSize { $0.partSize = 6 << 20 }
    }
    upload.start()
    _ = try await upload.result().get()
    #expect(fixture.transport.count("POST uploads") == 1)
    #expect(try await fixture.object() == bytes)
    // The earlier one was aborted for real.
    #expect(try await fixture.openUploads() == [])
    if change == .properties { #expect(try await fixture.head()?.properties.metadata == ["a": "2"]) }
  }

  @Test func memoryOfTheSameLengthIsNotTheSame() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    var bytes = Noise.bytes(23 * mebibyte)
    try await interrupted(fixture, .bytes(bytes), parts: 3)
    bytes[6 * mebibyte] ^= 1
    let (upload, _) = fixture.upload(.bytes(bytes), journaled: true)
    upload.start()
    _ = try await upload.result().get()
    // The second part is sent again, and the two that were missing.
    #expect(fixture.transport.count("PUT part") == 3)
    #expect(try await fixture.object() == bytes)
  }

  @Test func anUploadThatNobodyTouchedForAnHourIsAbortedAndBegunAnew() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let bytes = Noise.bytes(23 * mebibyte)
    let path = try fixture.file("source", bytes)
    try await interrupted(fixture, .file(path: path), parts: 3)
    let name = try #require(names(in: fixture.directory.path("journal")).first)
    touch(fixture.directory.path("journal/" + name), secondsFromNow: -3_700)
    #expect(fixture.journal.expired().count == 1)
    let (upload, _) = fixture.upload(.file(path: path), journaled: true)
    upload.start()
    _ = try await upload.result().get()
    #expect(fixture.transport.count("DELETE upload") == 1)
    #expect(fixture.transport.count("PUT part") == 5)
    #expect(try await fixture.openUploads() == [])
  }

  /// Its record is all that anybody has to find it by.
  @Test func anUploadThatCannotBeAbortedIsNotForgotten() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let bytes = Noise.bytes(12 * mebibyte)
    let path = try fixture.file("source", bytes)
    let refusal = FaultyTransport.Fault.answer(400, body: FaultyTransport.error("InvalidRequest"))
    // A cancelled upload, first of all.
    fixture.transport.set {
      $0.kind == "DELETE upload"
        ? refusal : $0.kind == "PUT part" ? .answer(400, body: FaultyTransport.error("No")) : .none
    }
    let (failing, _) = fixture.upload(.file(path: path), journaled: true)
    failing.start()
    _ = await failing.result()
    let left = try await fixture.openUploads()
    #expect(left.count == 1 && names(in: fixture.directory.path("journal")).count == 1)
    // Then one of another content that finds its record.
    fixture.transport.set { $0.kind == "DELETE upload" ? refusal : .none }
    try writeFile(path, [bytes[7] ^ 1], at: 7)
    let (other, _) = fixture.upload(.file(path: path), journaled: true)
    other.start()
    _ = try await other.result().get()
    #expect(try await fixture.openUploads() == left)
    #expect(names(in: fixture.directory.path("journal")).count == 1)
    // The next one ends it.
    fixture.transport.set { _ in .none }
    let (last, _) = fixture.upload(.file(path: path), journaled: true)
    last.start()
    _ = try await last.result().get()
    #expect(try await fixture.openUploads() == [])
    #expect(names(in: fixture.directory.path("journal")) == [])
  }

  @Test func anUploadThatTheStoreHasLostIsBegunAnew() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let bytes = Noise.bytes(23 * mebibyte)
    let path = try fixture.file("source", bytes)
    try await interrupted(fixture, .file(path: path), parts: 3)
    let open = try #require(try await fixture.openUploads().first)
    try await fixture.client.abortMultipartUpload(ObjectKey("object"), upload: open)
    let (upload, _) = fixture.upload(.file(path: path), journaled: true)
    upload.start()
    _ = try await upload.result().get()
    #expect(try await fixture.object() == bytes)
  }

  @Test func aPausedUploadSurvivesItsProcess() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let bytes = Noise.bytes(23 * mebibyte)
    let path = try fixture.file("source", bytes)
    let (first, _) = fixture.upload(.file(path: path), journaled: true) { $0.concurrency = 1 }
    fixture.transport.set { $0.kind == "PUT part" && $0.ordinal == 3 ? .hold : .none }
    first.start()
    #expect(try await BlockingWork.run { fixture.transport.waitUntilHeld(1) })
    first.pause()
    fixture.transport.open()
    try await eventually("the part under way arrives") { first.settledBytes >= 15 << 20 }
    #expect(first.phase == .paused)
    // As Ctrl-C of a command does.
    first.cancel(keepsParts: true)
    guard case .failure(.canceled) = await first.result() else {
      Issue.record("not cancelled")
      return
    }
    fixture.transport.set { _ in .none }
    let (second, _) = fixture.upload(.file(path: path), journaled: true)
    second.start()
    _ = try await second.result().get()
    #expect(fixture.transport.count("PUT part") == 2)
    #expect(try await fixture.object() == bytes)
  }

  @Test func twoUploadsOfTheSameDoNotShareTheirParts() async throws {
    let fixture = try await UploadFixture(.seaweedFS)
    let bytes = Noise.bytes(12 * mebibyte)
    let path = try fixture.file("source", bytes)
    let uploads = (0..<2).map { _ in fixture.upload(.file(path: path), journaled: true).upload }
    for upload in uploads { upload.start() }
    for upload in uploads { _ = try await upload.result().get() }
    #expect(fixture.transport.count("POST uploads") == 2)
    #expect(try await fixture.object() == bytes)
    #expect(try await fixture.openUploads() == [])
  }

  @Test func recordsSurviveTheirText() throws {
    var properties = ObjectProperties(contentType: "text/plain; charset=\"utf 8\"", metadata: ["x": "a b%\n", "y": ""])
    properties.cacheControl = "no-store"
    let record = UploadRecord(
      subject: .init(
        store: "http://127.0.0.1:1/b/", bucket: "b", key: ObjectKey("a b/ä\n"), source: .bytes(count: 9),
        properties: properties,
        partSize: 5 << 20),
      begun: .init(id: UploadID("u/=+ x"), checksums: .composite),
      parts: [SentPart(number: 1, length: 5, etag: ETag("e 1"), crc32: .max)])
    let text = record.head + record.parts.map(UploadRecord.line).joined()
    #expect(UploadRecord(decoding: text) == record)
    // Torn anywhere in its last line, the record has one part less.
    #expect(UploadRecord(decoding: String(text.dropLast(3)))?.parts == [])
    for count in 0..<record.head.count { #expect(UploadRecord(decoding: String(text.prefix(count))) == nil) }
    #expect(UploadRecord(decoding: text.replacing("pail-upload 1", with: "pail-upload 2")) == nil)
    #expect(UploadRecord(decoding: text + "part 0 1 1 e\n") == nil)
    #expect(UploadRecord(decoding: text + "part 10001 1 1 e\n") == nil)
    #expect(UploadRecord(decoding: text + "else\n") == nil)
  }
}
