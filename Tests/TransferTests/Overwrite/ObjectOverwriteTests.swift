// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import HTTPTransport
import Locking
import S3Client
import SigV4
import TestSupport
import Testing
import Transfer

extension RealStoreTests {
  @Suite("Overwriting parts of objects") struct ObjectOverwriteTests {}
}

extension RealStoreTests.ObjectOverwriteTests {
  private static let mebibyte: Int64 = 1 << 20
  private static let base = Noise.bytes((36 << 20) + 11)
  private static let properties = ObjectProperties(contentType: "text/x-new", metadata: ["a": "1"])

  /// A local file of the new version that has the dirty and the fetched bytes, and nonsense everywhere else.
  private struct LocalCopy {
    let file: FileDescriptor
    var source: ObjectOverwrite.Source {
      { [file] (range) async throws(S3Error) in
        FileRegion(file: file, offset: range.lowerBound, length: Int64(range.count))
      }
    }

    init(
      _ fixture: StoreFixture, _ new: [UInt8], base: ETag, dirty: [Range<Int64>], plan: OverwritePlan
    ) async throws {
      let path = fixture.directory.path("local")
      try fixture.write([UInt8](repeating: 0xEE, count: new.count), to: path)
      file = FileDescriptor(owning: open(path, O_RDWR | O_CLOEXEC))
      for range in dirty { try write(Array(new[Int(range.lowerBound)..<Int(range.upperBound)]), at: range.lowerBound) }
      for range in plan.cleanRangesToFetch {
        let region = FileRegion(file: file, offset: range.lowerBound, length: Int64(range.count))
        _ = try await fixture.client.getObject("k", range: range, ifMatch: base, into: .file(region))
      }
    }

    func write(_ bytes: [UInt8], at offset: Int64) throws {
      let count = bytes.withUnsafeBytes { pwrite(file.rawValue, $0.baseAddress, $0.count, off_t(offset)) }
      try #require(count == bytes.count)
    }
  }

  private static let size = Int64(base.count)
  private static let scattered: [Range<Int64>] = (0..<200).map { (number: Int64) in
    let start = 20 * mebibyte + number * 30_000
    return start..<(start + 100)
  }

  private struct Change: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let newSize: Int64
    let dirty: [Range<Int64>]
    /// Bytes that may be sent.
    let most: Int64

    init(
      _ name: String, size: Int64 = RealStoreTests.ObjectOverwriteTests.size, dirty: [Range<Int64>] = [], most: Int64
    ) {
      (testDescription, newSize, self.dirty, self.most) = (name, size, dirty, most)
    }
  }

  private static func mebibytes(_ start: Int64, _ end: Int64) -> Range<Int64> { (start * mebibyte)..<(end * mebibyte) }

  private static let changes: [Change] = [
    Change("append", size: size + 1_024, dirty: [size..<(size + 1_024)], most: 1_024),
    Change("middle", dirty: [(18 * mebibyte)..<(18 * mebibyte + 1_024)], most: 5 * mebibyte),
    Change("first byte", dirty: [0..<1], most: 5 * mebibyte),
    Change("last byte", dirty: [(size - 1)..<size], most: 1),
    Change("truncate", size: 20 * mebibyte, most: 0),
    Change("truncate and change", size: 20 * mebibyte, dirty: [mebibytes(19, 20)], most: mebibyte),
    Change("extend with a hole", size: 42 * mebibyte, most: 6 * mebibyte - 11),
    Change("nothing", most: 0),
    Change("scattered", dirty: scattered, most: 6 * mebibyte),
    Change("three places", dirty: [100..<200, mebibytes(12, 13), mebibytes(24, 25)], most: 15 * mebibyte),
    Change("everything", dirty: [0..<size], most: size),
    Change("to nothing", size: 0, most: 0),
    Change("to little", size: 1_000, dirty: [10..<20], most: 1_000),
  ]

  /// SEMANTICS: local-copy
  @Test(arguments: StoreKind.allCases, changes)
  private func makesTheNewVersion(_ store: StoreKind, _ change: Change) async throws {
    let (newSize, dirty) = (change.newSize, change.dirty)
    let fixture = try await StoreFixture(store)
    let base = try await fixture.put("k", Self.base)
    var new = Array(Self.base.prefix(Int(newSize)))
    // A hole reads as zeros.
    new += [UInt8](repeating: 0, count: Int(newSize) - new.count)
    for range in dirty {
      new.replaceSubrange(Int(range.lowerBound)..<Int(range.upperBound), with: Noise.bytes(range.count, seed: 7))
    }
    let plan = try #require(
      OverwritePlan(
        baseSize: Self.size, newSize: newSize, dirty: ByteRanges(dirty), partSize: 5 << 20, largestCopy: 16 << 20))
    fixture.transport.reset()
    let changed = newSize > Self.size ? dirty + [Self.size..<newSize] : dirty
    let local = try await LocalCopy(fixture, new, base: base.etag, dirty: changed, plan: plan)
    let written = try await ObjectOverwrite(client: fixture.client).overwrite(
      "k", base: base.etag, plan: plan, properties: Self.properties, source: local.source)
    #expect(fixture.transport.sentBytes == plan.bytesToSend && plan.bytesToSend <= change.most)
    let listings = fixture.transport.requests.count { $0.method == .get && $0.headers["range"] == nil }
    // ministack refuses checksums of whole objects; then the parts are looked at too.
    if plan.hasCopies || store == .seaweedFS { #expect(listings == (plan.hasCopies ? 1 : 0)) }
    #expect(fixture.transport.receivedBytes - plan.bytesToFetch < 64 << 10)
    let head = try await fixture.other.head("k", hashing: true)
    #expect(head?.sha256 == SHA256.hex(of: new))
    #expect(head?.contentLength == newSize && head?.contentType == "text/x-new" && head?.metadata == ["a": "1"])
    #expect(head.map { ETag($0.eTag) } == written.etag)
    #expect(try await fixture.client.listMultipartUploads(prefix: "").isEmpty)
  }

  @Test(arguments: StoreKind.allCases, ["before", "during", "at the end"])
  func aBaseThatIsReplacedStays(_ store: StoreKind, _ moment: String) async throws {
    let fixture = try await StoreFixture(store)
    let base = try await fixture.put("k", Self.base)
    let dirty = [Self.mebibytes(18, 19)]
    let plan = try #require(
      OverwritePlan(
        baseSize: Self.size, newSize: Self.size, dirty: ByteRanges(dirty), partSize: 5 << 20, largestCopy: 10 << 20))
    let local = try await LocalCopy(fixture, Self.base, base: base.etag, dirty: dirty, plan: plan)
    let other = Noise.bytes(100_000, seed: 3)
    let crc32 = Noise.crc32(other)
    let intruder = fixture.client
    @Sendable func replace() async {
      _ = try? await intruder.putObject("k", body: .bytes(other), properties: ObjectProperties(), crc32: crc32)
    }
    let (writes, client) = (Counter(), fixture.client)
    switch moment {
    case "before": await replace()
    default:
      fixture.transport.set { (request, next) async throws(TransportError) in
        let isDue =
          moment == "during"
          ? request.method == .put && request.url.contains("partNumber=2") && writes.next() == 1
          : request.method == .post && request.url.contains("uploadId=") && writes.next() == 1
        if isDue { await replace() }
        return try await next.perform(request)
      }
    }
    let error = await #expect(throws: S3Error.self) {
      _ = try await ObjectOverwrite(client: client).overwrite(
        "k", base: base.etag, plan: plan, properties: Self.properties, source: local.source)
    }
    #expect(error?.isConditionFailure == true)
    #expect(try await fixture.client.getObject("k", into: .collect(limit: 1 << 20)).bytes == other)
    #expect(try await fixture.client.listMultipartUploads(prefix: "").isEmpty)
  }

  /// With the condition that was asked for and no other.
  @Test func theConditionCanBeAnother() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    let base = try await fixture.put("k", Self.base)
    let plan = try #require(OverwritePlan(baseSize: Self.size, newSize: 10 << 20, dirty: [], partSize: 5 << 20))
    let source: ObjectOverwrite.Source = { (_) async throws(S3Error) in throw Self.refusal }
    let error = await #expect(throws: S3Error.self) {
      _ = try await ObjectOverwrite(client: fixture.client).overwrite(
        "k", base: base.etag, plan: plan, properties: Self.properties, condition: .isAbsent, source: source)
    }
    #expect(error?.isConditionFailure == true)
    _ = try await ObjectOverwrite(client: fixture.client).overwrite(
      "k", base: base.etag, plan: plan, properties: Self.properties, condition: .always, source: source)
    let head = try await fixture.client.headObject("k")
    #expect(head.size == 10 << 20)
  }

  private static let refusal = S3Error(code: "Nothing", message: "no source", operation: "test", bucket: "b")

  @Test(arguments: ["source", "length", "cancelled", "store", "missing copy"])
  func nothingIsLeftOfAFailure(_ fault: String) async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    let base = try await fixture.put("k", Self.base)
    let dirty = [Self.mebibytes(12, 13), Self.mebibytes(25, 26)]
    let plan = try #require(
      OverwritePlan(
        baseSize: Self.size, newSize: Self.size, dirty: ByteRanges(dirty), partSize: 5 << 20, largestCopy: 10 << 20))
    let local = try await LocalCopy(fixture, Self.base, base: base.etag, dirty: dirty, plan: plan)
    let (asked, gate) = (Counter(), Gate())
    let source: ObjectOverwrite.Source = { (range) async throws(S3Error) in
      if asked.next() == 2 {
        switch fault {
        case "source": throw Self.refusal
        case "length": return FileRegion(file: local.file, offset: range.lowerBound, length: Int64(range.count) - 1)
        default: break
        }
      }
      return try await local.source(range)
    }
    fixture.transport.set { (request, next) async throws(TransportError) in
      if fault == "cancelled", request.method == .put { await gate.pass() }
      if fault == "store", request.url.contains("partNumber=4") {
        return HTTPResponse(status: 403, body: Array("<Error><Code>AccessDenied</Code></Error>".utf8))
      }
      // As a store that says it has copied, and has not.
      if fault == "missing copy", request.url.contains("partNumber=1") {
        return HTTPResponse(
          status: 200, body: Array("<CopyPartResult><ETag>\"b3c4\"</ETag></CopyPartResult>".utf8))
      }
      return try await next.perform(request)
    }
    let client = fixture.client
    let task = Task { () -> S3Error? in
      do throws(S3Error) {
        _ = try await ObjectOverwrite(client: client).overwrite(
          "k", base: base.etag, plan: plan, properties: Self.properties, source: source)
        return nil
      } catch {
        return error
      }
    }
    if fault == "cancelled" {
      try await gate.reached(4)
      task.cancel()
      gate.open()
    }
    let error = try #require(await task.value)
    let code = ["source": "Nothing", "cancelled": "Cancelled", "store": "AccessDenied"][fault] ?? "IntegrityError"
    #expect(error.code == code)
    #expect(try await fixture.client.headObject("k").etag == base.etag)
    #expect(try await fixture.client.listMultipartUploads(prefix: "").isEmpty)
  }

  /// Neither more parts at once than asked for, nor one after the other.
  @Test func partsRunInParallel() async throws {
    let fixture = try await StoreFixture(.seaweedFS)
    let base = try await fixture.put("k", Self.base)
    let plan = try #require(
      OverwritePlan(baseSize: Self.size, newSize: Self.size, dirty: [], partSize: 5 << 20, largestCopy: 10 << 20))
    let (gate, running) = (Gate(), Lock((now: 0, most: 0)))
    fixture.transport.set { (request, next) async throws(TransportError) in
      guard request.method == .put else { return try await next.perform(request) }
      running.withLock { running in
        running.now += 1
        running.most = max(running.most, running.now)
      }
      defer { running.withLock { $0.now -= 1 } }
      await gate.pass()
      return try await next.perform(request)
    }
    var overwrite = ObjectOverwrite(client: fixture.client)
    overwrite.concurrency = 2
    let ready = overwrite
    let task = Task {
      try await ready.overwrite(
        "k", base: base.etag, plan: plan, properties: Self.properties,
        source: { (_) async throws(S3Error) in throw Self.refusal })
    }
    try await gate.reached(2)
    gate.open()
    _ = try await task.value
    // Four parts: a third one at once would have met two others at the gate, or behind it.
    #expect(running.withLock { $0.most } == 2 && plan.parts.count == 4)
  }
}
