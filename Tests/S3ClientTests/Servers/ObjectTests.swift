// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import S3Client
import TestSupport
import Testing

@Suite struct ObjectTests {
  @Test(arguments: StoreKind.allCases)
  func keepsProperties(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    var properties = ObjectProperties(
      contentType: "text/x-pail", metadata: ["mode": "33188", "mtime": "1700000000.123456789"])
    properties.contentDisposition = "attachment; filename=\"a b.txt\""
    properties.contentLanguage = "de"
    properties.cacheControl = "max-age=60"
    properties.contentEncoding = "x-none"
    let written = try await fixture.client.putObject(
      "k", body: .bytes(Array("hello".utf8)), properties: properties, crc32: 0x3610_A686)
    let head = try await fixture.client.headObject("k")
    #expect(head.properties == properties)
    #expect(head.size == 5)
    #expect(head.etag == written.etag && head.etag.value == "5d41402abc4b2a76b9719d911017c592")
    // zlib.crc32(b"hello") in base64.
    #expect(head.checksumCRC32 == "NhCmhg==")
    let serverTime = try #require(written.serverTime)
    #expect(abs(head.lastModified - serverTime) <= 1)

    let other = try #require(try await fixture.other.head("k"))
    #expect(other.contentType == "text/x-pail" && other.contentDisposition == "attachment; filename=\"a b.txt\"")
    #expect(other.contentLanguage == "de" && other.cacheControl == "max-age=60" && other.contentEncoding == "x-none")
    #expect(other.metadata == ["mode": "33188", "mtime": "1700000000.123456789"])
    #expect(Int64(other.lastModified) == head.lastModified)

    let body = try await fixture.client.getObject("k", into: .collect(limit: 10))
    #expect(body.head.properties == properties && body.head.size == 5 && body.bytes == Array("hello".utf8))
  }

  @Test(arguments: StoreKind.allCases)
  func comparesChecksums(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let error = await #expect(throws: S3Error.self) {
      try await fixture.client.putObject(
        "k", body: .bytes(Array("hello".utf8)), properties: ObjectProperties(), crc32: 0x3610_A687)
    }
    #expect(error?.status == 400)
    #expect(try await fixture.other.head("k") == nil)
  }

  @Test(arguments: StoreKind.allCases)
  func writesUnderConditions(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    func put(_ body: String, _ condition: WriteCondition) async throws(S3Error) -> WrittenObject {
      try await fixture.client.putObject(
        "k", body: .bytes(Array(body.utf8)), properties: ObjectProperties(), condition: condition)
    }
    let first = try await put("1", .isAbsent)
    var error = await #expect(throws: S3Error.self) { try await put("2", .isAbsent) }
    #expect(error?.isConditionFailure == true && error?.mayHaveTakenEffect == false)
    let second = try await put("2", .matches(first.etag))
    error = await #expect(throws: S3Error.self) { try await put("3", .matches(first.etag)) }
    #expect(error?.isConditionFailure == true)
    #expect(second.etag != first.etag)
    #expect(try await fixture.other.get("k") == Array("2".utf8))
  }

  @Test(arguments: StoreKind.allCases)
  func oneOfEightCreatorsWins(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let winners = await withTaskGroup(of: Int?.self) { group in
      for number in 0..<8 {
        group.addTask {
          do throws(S3Error) {
            _ = try await fixture.client.putObject(
              "k", body: .bytes(Array("\(number)".utf8)), properties: ObjectProperties(), condition: .isAbsent)
            return number
          } catch {
            return error.isConditionFailure ? nil : -1
          }
        }
      }
      return await group.reduce(into: []) { if let winner = $1 { $0.append(winner) } }
    }
    #expect(winners.count == 1)
    #expect(try await fixture.other.get("k") == Array("\(winners[0])".utf8))
  }

  /// SEMANTICS: one-version
  @Test(arguments: StoreKind.allCases)
  func readsRanges(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let written = try await fixture.put("k", "0123456789")
    for (range, expected) in [(0..<1, "0"), (3..<7, "3456"), (9..<10, "9"), (5..<500, "56789")]
      as [(Range<Int64>, String)]
    {
      let body = try await fixture.client.getObject("k", range: range, ifMatch: written.etag, into: .collect(limit: 10))
      #expect(body.bytes == Array(expected.utf8) && body.head.size == 10 && body.head.etag == written.etag)
    }
    var error = await #expect(throws: S3Error.self) {
      try await fixture.client.getObject("k", range: 10..<11, into: .collect(limit: 10))
    }
    #expect(error?.status == 416)
    error = await #expect(throws: S3Error.self) {
      try await fixture.client.getObject("k", ifMatch: ETag("other"), into: .collect(limit: 10))
    }
    #expect(error?.isConditionFailure == true)
    error = await #expect(throws: S3Error.self) { try await fixture.client.getObject("k", into: .collect(limit: 9)) }
    #expect(error?.transport?.kind == .tooLarge)
  }

  @Test(arguments: StoreKind.allCases)
  func movesFilesAndMemory(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let directory = try TemporaryDirectory("s3client")
    let source = FileDescriptor(owning: open(directory.path("source"), O_RDWR | O_CREAT, 0o600))
    let bytes = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    #expect(pwrite(source.rawValue, bytes, bytes.count, 0) == bytes.count)
    _ = try await fixture.client.putObject(
      "k", body: .file(FileRegion(file: source, offset: 1_000, length: 200_000)), properties: ObjectProperties())
    let expected = Array(bytes[1_000..<201_000])
    #expect(try await fixture.other.get("k") == expected)

    let memory = MemoryRegion(size: 100_000)
    let body = try await fixture.client.getObject("k", range: 50_000..<150_000, into: .memory(memory))
    #expect(body.length == 100_000 && body.head.size == 200_000)
    #expect(memory.bytes.elementsEqual(expected[50_000..<150_000]))

    let target = FileDescriptor(owning: open(directory.path("target"), O_RDWR | O_CREAT, 0o600))
    _ = try await fixture.client.getObject("k", into: .file(FileRegion(file: target, offset: 10, length: 200_000)))
    var back = [UInt8](repeating: 0, count: 200_000)
    #expect(pread(target.rawValue, &back, back.count, 10) == back.count)
    #expect(back == expected)
  }

  @Test(arguments: StoreKind.allCases)
  func deletes(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let written = try await fixture.put("k", "x")
    let error = await #expect(throws: S3Error.self) {
      try await fixture.client.deleteObject("k", ifMatch: ETag("00000000000000000000000000000000"))
    }
    #expect(error?.isConditionFailure == true)
    try await fixture.client.deleteObject("k", ifMatch: written.etag)
    #expect(try await fixture.other.head("k") == nil)
    try await fixture.client.deleteObject("k")
  }

  @Test(arguments: StoreKind.allCases)
  func copies(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let client = fixture.client
    let source = try await client.putObject(
      "k", body: .bytes([1, 2, 3]), properties: ObjectProperties(contentType: "text/x-a", metadata: ["a": "1"]))
    let copy = try await client.copyObject(CopySource(key: "k", ifMatch: source.etag), to: "copy")
    #expect(copy.etag == source.etag)
    var head = try await client.headObject("copy")
    #expect(head.properties == ObjectProperties(contentType: "text/x-a", metadata: ["a": "1"]))
    #expect(abs(head.lastModified - copy.lastModified) <= 1)

    // Attributes are changed by copying an object onto itself.
    _ = try await client.copyObject(
      CopySource(key: "k"), to: "k", properties: ObjectProperties(contentType: "text/x-b", metadata: ["b": "2"]))
    head = try await client.headObject("k")
    #expect(head.properties == ObjectProperties(contentType: "text/x-b", metadata: ["b": "2"]) && head.size == 3)

    let bucket = try await BlockingWork.run { [server = fixture.server] in try server.createBucket() }
    let elsewhere = try ServerFixture.client(fixture.server, bucket: bucket)
    _ = try await elsewhere.copyObject(CopySource(bucket: fixture.bucket, key: "k"), to: "from elsewhere")
    #expect(try await fixture.other.get("from elsewhere", in: bucket) == [1, 2, 3])

    var error = await #expect(throws: S3Error.self) {
      try await client.copyObject(CopySource(key: "k", ifMatch: ETag("other")), to: "never")
    }
    #expect(error?.isConditionFailure == true)
    error = await #expect(throws: S3Error.self) { try await client.copyObject(CopySource(key: "none"), to: "never") }
    #expect(error?.isNotFound == true)
    // ministack ignores If-None-Match of a copy.
    if kind == .seaweedFS {
      error = await #expect(throws: S3Error.self) {
        try await client.copyObject(CopySource(key: "k"), to: "copy", condition: .isAbsent)
      }
      #expect(error?.isConditionFailure == true)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func namesFailures(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let server = fixture.server
    try await fixture.client.headBucket()
    var error = await #expect(throws: S3Error.self) {
      try await fixture.client.getObject("none", into: .collect(limit: 1))
    }
    #expect(error?.code == "NoSuchKey" && error?.status == 404 && error?.requestID != nil)
    error = await #expect(throws: S3Error.self) { try await fixture.client.headObject("none") }
    #expect(error?.code == "NotFound" && error?.isNotFound == true)

    let missing = try ServerFixture.client(server, bucket: "no-such-bucket")
    error = await #expect(throws: S3Error.self) { try await missing.headBucket() }
    #expect(error?.isNotFound == true)
    error = await #expect(throws: S3Error.self) { try await missing.listObjects(prefix: "") }
    #expect(error?.code == "NoSuchBucket")

    let impostor = try ServerFixture.client(server, bucket: fixture.bucket, secret: "wrong")
    error = await #expect(throws: S3Error.self) { try await impostor.listObjects(prefix: "") }
    #expect(error?.code == "SignatureDoesNotMatch" && error?.status == 403)
    error = await #expect(throws: S3Error.self) { try await impostor.headBucket() }
    #expect(error?.code == "Forbidden")
    #expect(impostor.requestCounts == ["ListObjectsV2": 1, "HeadBucket": 1])
  }

  /// A client whose clock is an hour wrong works all the same, and signs rightly from the second request on.
  @Test(arguments: StoreKind.allCases, [3_600, -3_600] as [Int64])
  func setsItsClock(_ kind: StoreKind, _ error: Int64) async throws {
    let fixture = try await ServerFixture(kind)
    var clock = S3Clock.system
    clock.now = { S3Clock.system.now() + error }
    let client = try ServerFixture.client(fixture.server, bucket: fixture.bucket, clock: clock)
    try await client.headBucket()
    #expect(client.requestCounts == ["HeadBucket": 2])
    try await client.headBucket()
    #expect(client.requestCounts == ["HeadBucket": 3])
  }

  @Test func saysThatNobodyIsThere() async throws {
    // Port 9 of loopback: discard, which nobody serves; refused at once.
    let client = try S3Client(
      configuration: S3Configuration(bucket: "b", region: "r", endpoint: "http://127.0.0.1:9"),
      credentials: RotatingCredentials(), transport: ServerFixture.transport, clock: TestClock().clock)
    let error = await #expect(throws: S3Error.self) { try await client.headBucket() }
    #expect(error?.code == "TransportError" && error?.transport?.kind == .cannotConnect && error?.status == 0)
    #expect(client.requestCounts == ["HeadBucket": 3])
  }
}
