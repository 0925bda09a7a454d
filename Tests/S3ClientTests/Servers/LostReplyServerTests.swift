// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import S3Client
import TestSupport
import Testing

/// Performs requests on the real store, and loses the answers to the first writes.
private final class LosingTransport: HTTPTransport {
  private let toLose: Lock<Int>
  private let isLost: @Sendable (HTTPRequest) -> Bool

  init(_ count: Int, where isLost: @escaping @Sendable (HTTPRequest) -> Bool) {
    toLose = Lock(count)
    self.isLost = isLost
  }

  func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let response = try await ServerFixture.transport.perform(request)
    guard isLost(request) else { return response }
    let loses = toLose.withLock { count in
      count -= 1
      return count >= 0
    }
    if loses { throw TransportError(.connectionLost, "lost", bytesTransferred: request.body.length) }
    return response
  }
}

/// The store did it and nobody heard: with real stores, the client finds out.
@Suite struct LostReplyServerTests {
  private static let body = Array("a text that is long enough to be somebody's own".utf8)
  private static let properties = ObjectProperties(
    contentType: "text/x-pail", metadata: ["mtime": "1700000000.123456789"])

  @Test(arguments: ServerKind.allCases, [nil, 0x0F33_9592] as [UInt32?])
  func findsItsObject(_ kind: ServerKind, _ crc32: UInt32?) async throws {
    let fixture = try await ServerFixture(kind, through: LosingTransport(1) { $0.method == .put })
    let written = try await fixture.client.putObject(
      "k", body: .bytes(LostReplyServerTests.body), properties: LostReplyServerTests.properties, condition: .isAbsent,
      crc32: crc32)
    #expect(fixture.client.requestCounts == ["PutObject": 2, "HeadObject": 1])
    #expect(try await fixture.other.head("k")?.eTag == written.etag.quoted)
  }

  @Test(arguments: ServerKind.allCases)
  func findsTheObjectOfAnEarlierCall(_ kind: ServerKind) async throws {
    let fixture = try await ServerFixture(kind, through: LosingTransport(3) { $0.method == .put })
    let old = try await ServerFixture.client(fixture.server, bucket: fixture.bucket).putObject(
      "k", body: .bytes([1]), properties: ObjectProperties())
    func put(_ retryingAfter: Double?) async throws(S3Error) -> WrittenObject {
      try await fixture.client.putObject(
        "k", body: .bytes(LostReplyServerTests.body), properties: LostReplyServerTests.properties,
        condition: .matches(old.etag), retryingAfter: retryingAfter)
    }
    // The first attempt wrote, the others were refused, and no answer came.
    let error = await #expect(throws: S3Error.self) { try await put(nil) }
    #expect(error?.mayHaveTakenEffect == true && error?.transport?.kind == .connectionLost)
    let refused = await #expect(throws: S3Error.self) { try await put(nil) }
    #expect(refused?.isConditionFailure == true)
    let written = try await put(600)
    #expect(try await fixture.other.head("k")?.eTag == written.etag.quoted)
  }

  @Test(arguments: ServerKind.allCases)
  func doesNotTakeAnothersObject(_ kind: ServerKind) async throws {
    let fixture = try await ServerFixture(kind)
    _ = try await fixture.put("k", "of somebody else, and just as long as the text!")
    // Of the first request nothing arrives, and the client cannot know.
    let blocked = Lock(true)
    let client = try ServerFixture.client(
      fixture.server, bucket: fixture.bucket,
      through: BlockingTransport(isBlocked: { _ in
        blocked.withLock { blocked in
          defer { blocked = false }; return blocked
        }
      }))
    let error = await #expect(throws: S3Error.self) {
      try await client.putObject(
        "k", body: .bytes(LostReplyServerTests.body), properties: ObjectProperties(), condition: .isAbsent)
    }
    #expect(error?.isConditionFailure == true)
    #expect(client.requestCounts == ["PutObject": 2, "HeadObject": 1])
  }

  @Test(arguments: ServerKind.allCases, [WriteCondition.always, .isAbsent])
  func findsItsCompletion(_ kind: ServerKind, _ condition: WriteCondition) async throws {
    let fixture = try await ServerFixture(
      kind, through: LosingTransport(1) { $0.method == .post && $0.url.contains("uploadId=") })
    let client = fixture.client
    let upload = try await client.createMultipartUpload("k", properties: ObjectProperties(), checksums: .composite)
    let part = try await client.uploadPart(
      "k", upload: upload, number: 1, body: .bytes(LostReplyServerTests.body), crc32: 0x0F33_9592)
    let written = try await client.completeMultipartUpload("k", upload: upload, parts: [part], condition: condition)
    #expect(try await fixture.other.head("k")?.eTag == written.etag.quoted)
    #expect(try await fixture.other.get("k") == LostReplyServerTests.body)
  }

  @Test(arguments: ServerKind.allCases)
  func deletesOnce(_ kind: ServerKind) async throws {
    let fixture = try await ServerFixture(kind, through: LosingTransport(1) { $0.method == .delete })
    let written = try await fixture.put("k", "x")
    try await fixture.client.deleteObject("k", ifMatch: written.etag)
    #expect(try await fixture.other.head("k") == nil)
  }
}

/// Loses requests before they reach the store.
private struct BlockingTransport: HTTPTransport {
  let isBlocked: @Sendable (HTTPRequest) -> Bool

  func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    if isBlocked(request) { throw TransportError(.connectionLost, "lost") }
    return try await ServerFixture.transport.perform(request)
  }
}
