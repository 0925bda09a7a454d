// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking
import S3Client
import TestSupport
import Testing

@Suite struct MemoryTransportTests {
  private static let body = Array("a text that is long enough to be somebody's own".utf8)

  /// What one attempt meets with, and whether the object is there then.
  @Test(
    arguments: [
      (.none, "ok", true, true), (.dropBefore, "0 TransportError", false, true),
      (.dropAfter, "0 TransportError", true, true), (.internalError, "500 InternalError", false, true),
      (.internalErrorAfter, "500 InternalError", true, true), (.slowDown, "503 SlowDown", false, true),
      (.crashBefore, "0 TransportError", false, false), (.crashAfter, "0 TransportError", true, false),
    ] as [(MemoryFault, String, Bool, Bool)])
  func failsAsOrdered(_ fault: MemoryFault, _ expected: String, isDone: Bool, isAlive: Bool) async throws {
    let transport = MemoryS3Transport(MemoryBucket(name: "bkt"))
    let client = try S3Client(
      configuration: S3Configuration(
        bucket: "bkt", region: "us-east-1", endpoint: "http://memory.test", retry: .none),
      credentials: RotatingCredentials(), transport: transport, clock: TestClock().clock)
    transport.setFault { $0.operation == .putObject && $0.key == "k" && $0.ordinal == 1 ? fault : .none }
    var outcome = "ok"
    do throws(S3Error) {
      _ = try await client.putObject("k", body: .bytes([1]), properties: ObjectProperties())
    } catch {
      outcome = "\(error.status) \(error.code)"
      #expect(error.mayHaveTakenEffect)
    }
    #expect(outcome == expected && (transport.object("k") != nil) == isDone)
    #expect(transport.hasCrashed == !isAlive)
    if isAlive {
      try await client.headBucket()
    } else {
      let error = await #expect(throws: S3Error.self) { try await client.headBucket() }
      #expect(error?.transport?.kind == .cannotConnect)
    }
  }

  @Test func nothingGetsThroughAfterACrash() async throws {
    let store = try MemoryStore()
    try await store.put("k", "1")
    store.transport.setFault { $0.total == 3 ? .crashAfter : .none }
    try await store.put("k", "2")
    for body in ["3", "4"] {
      let error = await #expect(throws: S3Error.self) { try await store.put("k", body) }
      #expect(error?.transport != nil)
    }
    #expect(store.transport.contents == ["k": Array("3".utf8)])
    let next = store.transport.reconnected()
    let client = try MemoryStore.client(next)
    #expect(try await client.getObject("k", into: .collect(limit: 1)).bytes == Array("3".utf8))
    #expect(store.transport.hasCrashed && !next.hasCrashed && next.bucket.name == "bkt")
    next.crash()
    #expect(next.hasCrashed)
  }

  @Test(arguments: [nil, 0x0F33_9592] as [UInt32?])
  func clientFindsItsObject(_ crc32: UInt32?) async throws {
    let store = try MemoryStore()
    store.transport.setFault { $0.operation == .putObject && $0.ordinal == 1 ? .dropAfter : .none }
    let put = { () async throws(S3Error) -> WrittenObject in
      try await store.client.putObject(
        "k", body: .bytes(MemoryTransportTests.body), properties: ObjectProperties(), condition: .isAbsent, crc32: crc32
      )
    }
    guard crc32 != nil else {
      // The entity tag says nothing about the content, as with SSE-KMS: without a checksum nothing is proved.
      let error = await #expect(throws: S3Error.self) { try await put() }
      #expect(error?.isConditionFailure == true)
      return
    }
    let written = try await put()
    #expect(written.etag.value == store.transport.object("k")?.etag)
    #expect(store.transport.counts == [.putObject: 2, .headObject: 1])
  }

  @Test(arguments: [MultipartChecksums.composite, .fullObject])
  func clientFindsItsCompletion(_ checksums: MultipartChecksums) async throws {
    let store = try MemoryStore()
    store.transport.setFault {
      $0.operation == .completeMultipartUpload && $0.ordinal == 1 ? .internalErrorAfter : .none
    }
    let upload = try await store.client.createMultipartUpload(
      "k", properties: ObjectProperties(), checksums: checksums)
    let part = try await store.client.uploadPart(
      "k", upload: upload, number: 1, body: .bytes(MemoryTransportTests.body), crc32: 0x0F33_9592)
    let written = try await store.client.completeMultipartUpload(
      "k", upload: upload, parts: [part], condition: .isAbsent, crc32: checksums == .fullObject ? 0x0F33_9592 : nil)
    #expect(written.etag.value == store.transport.object("k")?.etag)
    #expect(store.transport.object("k")?.body == MemoryTransportTests.body && store.transport.uploads == [])
  }

  @Test func movesFilesAndMemory() async throws {
    let store = try MemoryStore()
    let directory = try TemporaryDirectory("memory-s3")
    let bytes = Noise.bytes(300_000)
    let source = FileDescriptor(owning: open(directory.path("source"), O_RDWR | O_CREAT, 0o600))
    #expect(pwrite(source.rawValue, bytes, bytes.count, 0) == bytes.count)
    let progress = Lock<[Int64]>([])
    _ = try await store.client.putObject(
      "k", body: .file(FileRegion(file: source, offset: 1_000, length: 200_000)), properties: ObjectProperties(),
      onBodySent: { count in progress.withLock { $0.append(count) } })
    let expected = Array(bytes[1_000..<201_000])
    #expect(store.transport.object("k")?.body == expected && progress.withLock { $0 } == [200_000])
    let short = await #expect(throws: S3Error.self) {
      try await store.client.putObject(
        "k", body: .file(FileRegion(file: source, offset: 200_000, length: 200_000)), properties: ObjectProperties())
    }
    #expect(short?.transport?.kind == .localFile)

    let memory = MemoryRegion(size: 100_000)
    let body = try await store.client.getObject("k", range: 50_000..<150_000, into: .memory(memory))
    #expect(body.length == 100_000 && body.head.size == 200_000 && body.bytes == [])
    #expect(memory.bytes.elementsEqual(expected[50_000..<150_000]))

    let target = FileDescriptor(owning: open(directory.path("target"), O_RDWR | O_CREAT, 0o600))
    _ = try await store.client.getObject("k", into: .file(FileRegion(file: target, offset: 10, length: 200_000)))
    var back = [UInt8](repeating: 0, count: 200_000)
    #expect(pread(target.rawValue, &back, back.count, 10) == back.count)
    #expect(back == expected)

    let receiver = Collector(limit: 200_000)
    _ = try await store.client.getObject("k", range: 1..<200_000, into: .receiver(receiver))
    #expect(receiver.bytes.withLock { $0 } == Array(expected[1...]))
    for (destination, kind) in [
      (.collect(limit: 199_999), .tooLarge), (.memory(memory), .tooLarge), (.receiver(Collector(limit: 5)), .tooLarge),
      (.file(FileRegion(file: target, offset: 0, length: 5)), .tooLarge),
      (.receiver(Collector(limit: 200_000, refusing: true)), .localFile),
    ] as [(ResponseDestination, TransportError.Kind)] {
      let error = await #expect(throws: S3Error.self) { try await store.client.getObject("k", into: destination) }
      #expect(error?.transport?.kind == kind)
    }
    // An error document is collected, wherever the body was to go.
    let error = await #expect(throws: S3Error.self) { try await store.client.getObject("none", into: .memory(memory)) }
    #expect(error?.code == "NoSuchKey" && error?.requestID != nil)
  }

  @Test func oneOfManyCreatorsWins() async throws {
    let store = try MemoryStore()
    let winners = await withTaskGroup(of: Int.self) { group in
      for number in 0..<64 {
        group.addTask {
          do throws(S3Error) {
            _ = try await store.client.putObject(
              "k", body: .bytes([UInt8(number)]), properties: ObjectProperties(), condition: .isAbsent)
            return 1
          } catch {
            return error.isConditionFailure ? 0 : 100
          }
        }
      }
      return await group.reduce(0, +)
    }
    #expect(winners == 1)
    let objects = store.transport.objects
    try await store.put("other", "x")
    #expect(store.transport.objects != objects)
    store.transport.delete("other")
    #expect(store.transport.objects == objects)
  }

  /// Ten thousand sequences of twenty requests are to take seconds. Other tests add time to what it takes, never take any away: what
  /// counts is the fastest tenth.
  @Test func isFast() async throws {
    let store = try MemoryStore()
    let clock = ContinuousClock()
    let start = clock.now
    var fastest = Duration.seconds(1_000)
    var begin = start
    for round in 1...2_000 {
      let key = ObjectKey("directory/file \(round % 100)")
      let written = try await store.client.putObject(
        key, body: .bytes(MemoryTransportTests.body), properties: ObjectProperties(metadata: ["mtime": "1700000000"]),
        crc32: 0x0F33_9592)
      _ = try await store.client.headObject(key)
      _ = try await store.client.getObject(key, ifMatch: written.etag, into: .collect(limit: 100))
      _ = try await store.client.listObjects(prefix: "directory/", delimiter: "/", maximumKeys: 10)
      try await store.client.deleteObject(key, ifMatch: written.etag)
      guard round.isMultiple(of: 200) else { continue }
      fastest = min(fastest, clock.now - begin)
      begin = clock.now
    }
    let whole = clock.now - start
    print("memory S3 with S3Client: \(MemoryTransportTests.rate(10_000, whole)) requests/s")

    let url = try await store.client.presignedURL(method: .put, key: "k", expiresIn: 60)
    let request = HTTPRequest(method: .put, url: url, body: .bytes(MemoryTransportTests.body))
    let alone = try await clock.measure {
      for _ in 0..<10_000 { _ = try await store.transport.perform(request) }
    }
    print("memory S3 alone: \(MemoryTransportTests.rate(10_000, alone)) PutObject/s")
    #expect(fastest < .seconds(2))
  }

  private static func rate(_ count: Double, _ duration: Duration) -> Int {
    let (seconds, attoseconds) = duration.components
    return Int(count / (Double(seconds) + Double(attoseconds) / 1e18))
  }
}

/// Takes a body piece by piece, or refuses it.
private final class Collector: BodyReceiver {
  let limit: Int64
  let bytes = Lock<[UInt8]>([])
  private let isRefusing: Bool

  init(limit: Int64, refusing: Bool = false) { (self.limit, isRefusing) = (limit, refusing) }

  func receive(_ bytes: UnsafeRawBufferPointer, at start: Int64) -> Bool {
    self.bytes.withLock { all in
      if Int64(all.count) == start { all.append(contentsOf: bytes) }
    }
    return !isRefusing
  }
}
