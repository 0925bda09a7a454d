// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import S3Client
import TestSupport
import Testing
import Transfer

extension RealStoreTests {
  @Suite("Downloads") struct ObjectDownloadTests {}
}

extension RealStoreTests.ObjectDownloadTests {
  @Test func aRangeUnderWayIsToldToo() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try await fixture.put("k", Noise.bytes(6 << 20))
    let log = ProgressLog()
    _ = try await fixture.download(rangeSize: 8 << 20, onProgress: log.note).run().get()
    #expect(fixture.counts["GetObject"] == 1)
    #expect(log.isMonotonic && log.all.contains { (1..<(6 << 20)).contains($0.transferred) })
  }

  @Test(arguments: StoreKind.allCases)
  func bringsAnObjectIntoAFile(_ store: StoreKind) async throws {
    let fixture = try await StoreFixture(store)
    let bytes = Noise.bytes((20 << 20) + 123)
    let written = try await fixture.put("k", bytes)
    let log = ProgressLog()
    let download = fixture.download(onProgress: log.note)
    let downloaded = try await download.run().get()
    #expect(try fixture.content() == bytes)
    #expect(downloaded.size == bytes.count && downloaded.head.size == bytes.count && downloaded.memory == nil)
    #expect(downloaded.head.etag == written.etag && downloaded.head.properties.contentType == "text/x-test")
    #expect(downloaded.isVerified)
    #expect(download.phase == .succeeded)
    #expect(download.progress.transferred == bytes.count && download.progress.total == Int64(bytes.count))
    #expect(log.isMonotonic && log.all.last == download.progress)
    #expect(try fixture.names == ["file"])
    try fixture.write([], to: fixture.directory.path("other"))
    #expect(try permissions(fixture.path) == permissions(fixture.directory.path("other")))
    #expect(fixture.counts["HeadObject"] == 1 && fixture.counts["GetObject"] == 21)
    #expect(fixture.transport.receivedBytes == bytes.count)
    for request in fixture.transport.requests where request.method == .get {
      #expect(request.headers["if-match"] == written.etag.quoted)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func bringsAnEmptyObject(_ store: StoreKind) async throws {
    let fixture = try await StoreFixture(store)
    try await fixture.put("k", [])
    let file = try await fixture.download().run().get()
    #expect(try fixture.content() == [] && fixture.names == ["file"])
    #expect(file.size == 0)
    let memory = try await fixture.download(to: .memory(limit: 0)).run().get()
    #expect(memory.size == 0 && memory.memory == nil)
    #expect(fixture.counts["GetObject"] == nil)
  }

  @Test(arguments: StoreKind.allCases)
  func bringsAnObjectIntoMemory(_ store: StoreKind) async throws {
    let fixture = try await StoreFixture(store)
    let bytes = Noise.bytes((5 << 20) + 1)
    try await fixture.put("k", bytes)
    let log = ProgressLog()
    let downloaded = try await fixture.download(to: .memory(limit: bytes.count), onProgress: log.note).run().get()
    #expect(try Array(#require(downloaded.memory).bytes) == bytes)
    #expect(downloaded.isVerified && log.isMonotonic && log.all.last?.transferred == Int64(bytes.count))
    let before = fixture.counts["GetObject"]
    let failure = await fixture.download(to: .memory(limit: bytes.count - 1)).run().failure
    #expect(failure?.name == "tooLarge")
    #expect(fixture.counts["GetObject"] == before)
  }

  @Test(
    arguments: StoreKind.allCases,
    [
      (0..<1, 1), (1_000_000..<3_000_000, 2_000_000), (2_999_999..<9_000_000, 1), (0..<3_000_000, 3_000_000),
      (65_536..<131_072, 65_536),
    ] as [(Range<Int64>, Int64)])
  func bringsARange(_ store: StoreKind, _ wanted: (range: Range<Int64>, size: Int64)) async throws {
    let fixture = try await StoreFixture(store)
    let bytes = Noise.bytes(3_000_000)
    try await fixture.put("k", bytes)
    let expected = Array(bytes[Int(wanted.range.lowerBound)..<min(Int(wanted.range.upperBound), bytes.count)])
    let file = try await fixture.download(rangeSize: 128 << 10, bytes: wanted.range).run().get()
    #expect(try fixture.content() == expected)
    #expect(file.size == wanted.size && file.head.size == 3_000_000)
    let isWhole = wanted.size == 3_000_000
    #expect(file.isVerified == isWhole)
    let memory = try await fixture.download(to: .memory(limit: 3_000_000), bytes: wanted.range).run().get()
    #expect(try Array(#require(memory.memory).bytes) == expected)
  }

  @Test(arguments: StoreKind.allCases)
  func aRangeBehindTheEnd(_ store: StoreKind) async throws {
    let fixture = try await StoreFixture(store)
    try await fixture.put("k", [1, 2, 3])
    let failure = await fixture.download(bytes: 3..<4).run().failure
    #expect(failure?.storeError?.code == "InvalidRange" && failure?.storeError?.status == 416)
    #expect(try fixture.names == [])
  }

  @Test(arguments: StoreKind.allCases)
  func aMissingObjectLeavesNothing(_ store: StoreKind) async throws {
    let fixture = try await StoreFixture(store)
    let download = fixture.download("nothing")
    let failure = await download.run().failure
    #expect(failure?.storeError?.isNotFound == true)
    #expect(download.phase == .failed)
    #expect(try fixture.names == [])
  }

  /// A composite checksum says nothing to somebody who does not know the parts.
  @Test(arguments: StoreKind.allCases, [MultipartChecksums.composite, .fullObject, .none])
  func verifiesWhatTheStoreKnows(_ store: StoreKind, _ checksums: MultipartChecksums) async throws {
    // ministack refuses FULL_OBJECT.
    if store == .ministack, checksums == .fullObject { return }
    let fixture = try await StoreFixture(store)
    let halves = [Noise.bytes(5 << 20), Noise.bytes(1 << 20, seed: 2)]
    let upload = try await fixture.client.createMultipartUpload(
      "k", properties: ObjectProperties(), checksums: checksums)
    var parts: [CompletedPart] = []
    for (index, half) in halves.enumerated() {
      parts.append(
        try await fixture.client.uploadPart(
          "k", upload: upload, number: index + 1, body: .bytes(half),
          crc32: checksums == .none ? nil : Noise.crc32(half)))
    }
    let whole = halves.flatMap { $0 }
    _ = try await fixture.client.completeMultipartUpload(
      "k", upload: upload, parts: parts, crc32: checksums == .fullObject ? Noise.crc32(whole) : nil)
    let downloaded = try await fixture.download().run().get()
    #expect(try fixture.content() == whole)
    #expect(downloaded.isVerified == (checksums == .fullObject))
  }

  @Test func replacesAFile() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try fixture.write(Array("old".utf8), to: fixture.path)
    let bytes = Noise.bytes(100_000)
    try await fixture.put("k", bytes)
    let destination = ObjectDownload.Destination.file(path: fixture.path, syncs: true)
    _ = try await fixture.download(to: destination).run().get()
    #expect(try fixture.content() == bytes && fixture.names == ["file"])
  }

  @Test func replacesNoFileThatIsThere() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try fixture.write(Array("old".utf8), to: fixture.path)
    let failure = await fixture.download(to: .file(path: fixture.path, overwrites: false)).run().failure
    #expect(failure?.name == "exists")
    #expect(try fixture.content() == Array("old".utf8) && fixture.names == ["file"])
    #expect(fixture.counts == [:])
  }

  @Test func replacesNoFileThatComesMeanwhile() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    try await fixture.put("k", Noise.bytes(100_000))
    let gate = Gate()
    fixture.transport.hold(.get, at: gate)
    let download = fixture.download(to: .file(path: fixture.path, overwrites: false))
    download.start()
    try await gate.reached(1)
    try fixture.write(Array("first".utf8), to: fixture.path)
    gate.open()
    #expect(await download.result().failure?.name == "exists")
    #expect(try fixture.content() == Array("first".utf8) && fixture.names == ["file"])
  }

  @Test func twoAtOnceDoNotMix() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    let bytes = Noise.bytes(100_000)
    try await fixture.put("k", bytes)
    let gate = Gate()
    fixture.transport.hold(.get, at: gate)
    let first = fixture.download()
    first.start()
    try await gate.reached(1)
    #expect(await fixture.download().run().failure?.name == "busy")
    gate.open()
    _ = try await first.result().get()
    #expect(try fixture.content() == bytes && fixture.names == ["file"])
    // Nothing is held any more.
    _ = try await fixture.download().run().get()
  }

  @Test(arguments: StoreKind.allCases)
  func pausesAndGoesOn(_ store: StoreKind) async throws {
    let fixture = try await StoreFixture(store)
    let bytes = Noise.bytes(8 << 20)
    try await fixture.put("k", bytes)
    let gate = Gate()
    fixture.transport.hold(.get, at: gate)
    let download = fixture.download(concurrency: 2)
    download.start()
    try await gate.reached(2)
    download.pause()
    #expect(download.phase == .paused)
    gate.open()
    // What was under way is finished, and nothing else begins.
    try await eventually("the two ranges under way arrive") { download.settledBytes >= 2 << 20 }
    #expect(download.rangesAfterPause == [2, 3])
    #expect(fixture.counts["GetObject"] == 2 && download.progress.transferred == 2 << 20)
    download.resume()
    #expect(download.phase == .inProgress)
    _ = try await download.result().get()
    #expect(try fixture.content() == bytes)
    #expect(fixture.counts["GetObject"] == 8)
  }

  @Test(arguments: [true, false])
  func cancelsWhatIsUnderWay(keeps: Bool) async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    let bytes = Noise.bytes(8 << 20)
    try await fixture.put("k", bytes)
    let (passed, gate) = (Counter(), Gate())
    fixture.transport.set { (request, next) async throws(TransportError) in
      if request.method == .get, passed.next() > 3 { await gate.pass() }
      return try await next.perform(request)
    }
    let download = fixture.download(concurrency: 2)
    download.start()
    try await gate.reached(2)
    download.cancel(keepsPartial: keeps)
    #expect(download.phase == .canceled)
    gate.open()
    #expect(await download.result().failure?.name == "canceled")
    #expect(try fixture.names == (keeps ? ["file.pail-part", "file.pail-part.journal"] : []))
    fixture.transport.reset()
    // A cancelled request may have been answered all the same; what came is kept.
    let kept = fixture.recorded()
    #expect(kept.count >= (keeps ? 3 : 0))
    _ = try await fixture.download().run().get()
    #expect(try fixture.content() == bytes && fixture.names == ["file"])
    #expect(fixture.transport.receivedBytes == Int64(bytes.count) - kept.bytes)
  }

  @Test func cancelsBeforeTheStart() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    let download = fixture.download()
    download.cancel()
    #expect(await download.run().failure?.name == "canceled")
    #expect(download.phase == .canceled && fixture.counts == [:])
    #expect(try fixture.names == [])
  }

  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }
}
