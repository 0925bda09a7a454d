// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport
import Testing

/// The store did it and nobody heard: with real stores, the client finds out.
@Suite struct LostReplyServerTests {
  private static let body = Array("a text that is long enough to be somebody's own".utf8)
  private static let properties = ObjectProperties(
    contentType: "text/x-pail", metadata: ["mtime": "1700000000.123456789"])

  /// A network on which the answers to the first requests of a kind are lost.
  private func network(losing count: Int, _ kind: String) -> FaultyTransport {
    let network = FaultyTransport(ServerFixture.transport)
    network.set { $0.kind == kind && $0.ordinal <= count ? .loseAnswer : .none }
    return network
  }

  @Test(arguments: StoreKind.allCases, [nil, 0x0F33_9592] as [UInt32?])
  func findsItsObject(_ kind: StoreKind, _ crc32: UInt32?) async throws {
    let fixture = try await ServerFixture(kind, through: network(losing: 1, "PUT"))
    let written = try await fixture.client.putObject(
      "k", body: .bytes(LostReplyServerTests.body), properties: LostReplyServerTests.properties, condition: .isAbsent,
      crc32: crc32)
    #expect(fixture.client.requestCounts == ["PutObject": 2, "HeadObject": 1])
    #expect(try await fixture.other.head("k")?.eTag == written.etag.quoted)
  }

  @Test(arguments: StoreKind.allCases)
  func findsTheObjectOfAnEarlierCall(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind, through: network(losing: 3, "PUT"))
    let old = try await ServerFixture.client(fixture.server, bucket: fixture.bucket).putObject(
      "k", body: .bytes([1]), properties: ObjectProperties())
    func put(_ retryingAfter: Double?) async throws(S3Error) -> WrittenObject {
      try await fixture.client.putObject(
        "k", body: .bytes(LostReplyServerTests.body), properties: LostReplyServerTests.properties,
        condition: .matches(old.etag), retryingSince: retryingAfter.map { fixture.client.stopwatch - $0 })
    }
    // The first attempt wrote, the others were refused, and no answer came.
    let error = await #expect(throws: S3Error.self) { try await put(nil) }
    #expect(error?.mayHaveTakenEffect == true && error?.transport?.kind == .connectionLost)
    let refused = await #expect(throws: S3Error.self) { try await put(nil) }
    #expect(refused?.isConditionFailure == true)
    let written = try await put(600)
    #expect(try await fixture.other.head("k")?.eTag == written.etag.quoted)
  }

  @Test(arguments: StoreKind.allCases)
  func doesNotTakeAnothersObject(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    _ = try await fixture.put("k", "of somebody else, and just as long as the text!")
    // Of the first request nothing arrives, and the client cannot know.
    let network = FaultyTransport(ServerFixture.transport)
    network.set { $0.kind == "PUT" && $0.ordinal == 1 ? .dropAfter(0) : .none }
    let client = try ServerFixture.client(fixture.server, bucket: fixture.bucket, through: network)
    let error = await #expect(throws: S3Error.self) {
      try await client.putObject(
        "k", body: .bytes(LostReplyServerTests.body), properties: ObjectProperties(), condition: .isAbsent)
    }
    #expect(error?.isConditionFailure == true)
    #expect(client.requestCounts == ["PutObject": 2, "HeadObject": 1])
  }

  @Test(arguments: StoreKind.allCases, [WriteCondition.always, .isAbsent])
  func findsItsCompletion(_ kind: StoreKind, _ condition: WriteCondition) async throws {
    let fixture = try await ServerFixture(kind, through: network(losing: 1, "POST upload"))
    let client = fixture.client
    let upload = try await client.createMultipartUpload("k", properties: ObjectProperties(), checksums: .composite)
    let part = try await client.uploadPart(
      "k", upload: upload, number: 1, body: .bytes(LostReplyServerTests.body), crc32: 0x0F33_9592)
    let written = try await client.completeMultipartUpload("k", upload: upload, parts: [part], condition: condition)
    #expect(try await fixture.other.head("k")?.eTag == written.etag.quoted)
    #expect(try await fixture.other.get("k") == LostReplyServerTests.body)
  }

  @Test(arguments: StoreKind.allCases)
  func deletesOnce(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind, through: network(losing: 1, "DELETE"))
    let written = try await fixture.put("k", "x")
    try await fixture.client.deleteObject("k", ifMatch: written.etag)
    #expect(try await fixture.other.head("k") == nil)
  }
}
