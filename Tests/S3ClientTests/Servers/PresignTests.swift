// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import S3Client
import SigV4
import TestSupport
import Testing

/// URLs used by a client that knows nothing but them.
@Suite struct PresignTests {
  private func send(
    _ method: HTTPMethod, _ url: String, headers: [(name: String, value: String)] = [], body: RequestBody = .empty
  ) async throws -> HTTPResponse {
    try await ServerFixture.transport.perform(
      HTTPRequest(method: method, url: url, headers: HTTPHeaders(headers), body: body))
  }

  /// SEMANTICS: xattr-urls
  @Test(arguments: StoreKind.allCases)
  func readsAndWrites(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    let key: ObjectKey = "a b+ü?.txt"
    let upload = try await fixture.client.presignedURL(
      method: .put, key: key, expiresIn: 60, headers: [("content-type", "text/x-pail")])
    let type = [(name: "content-type", value: "text/x-pail")]
    #expect(try await send(.put, upload, headers: type, body: .bytes(Array("hello".utf8))).status == 200)
    #expect(try await fixture.other.get(key.string) == Array("hello".utf8))
    #expect(try await send(.put, upload, headers: [("content-type", "text/html")], body: .bytes([1])).status == 403)

    let download = try await fixture.client.presignedURL(
      method: .get, key: key, expiresIn: 60, query: [("response-content-disposition", "attachment; filename=\"x y\"")])
    let response = try await send(.get, download)
    #expect(response.body == Array("hello".utf8))
    #expect(response.headers["content-disposition"] == "attachment; filename=\"x y\"")
    #expect(try await send(.get, download, headers: [("range", "bytes=1-3")]).body == Array("ell".utf8))
    #expect(try await send(.get, download + "0").status == 403)
    #expect(try await send(.delete, download).status == 403)
    #expect(fixture.client.requestCounts == [:])
  }

  @Test(arguments: StoreKind.allCases)
  func ends(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    _ = try await fixture.put("k", "x")
    var clock = S3Clock.system
    clock.now = { S3Clock.system.now() - 61 }
    let client = try ServerFixture.client(fixture.server, bucket: fixture.bucket, clock: clock)
    let old = try await client.presignedURL(method: .get, key: "k", expiresIn: 60)
    #expect(try await send(.get, old).status == 403)
    let valid = try await client.presignedURL(method: .get, key: "k", expiresIn: 120)
    #expect(try await send(.get, valid).status == 200)
  }

  /// Nobody here compares the owner; that it is there and signed is what can be seen.
  @Test(arguments: StoreKind.allCases)
  func carriesTheOwner(_ kind: StoreKind) async throws {
    let fixture = try await ServerFixture(kind)
    _ = try await fixture.put("k", "x")
    let client = try ServerFixture.client(fixture.server, bucket: fixture.bucket, owner: "123456789012")
    try await client.headBucket()
    let url = try await client.presignedURL(method: .get, key: "k", expiresIn: 60)
    #expect(try await send(.get, url).status == 200)
    #expect(try await send(.get, url.replacing("123456789012", with: "123456789013")).status == 403)
  }

  /// The URL ends with the credentials that signed it, and says so.
  @Test(
    arguments: [
      (nil, 900, 900), (3_600, 900, 900), (600, 900, 600), (60, 604_800, 60), (604_800, 604_800, 604_800), (0, 900, 1),
    ] as [(Int64?, Int, Int)])
  func livesNoLongerThanTheCredentials(remaining: Int64?, asked: Int, life: Int) async throws {
    let clock = TestClock()
    let now = clock.clock.now()
    let client = try S3Client(
      configuration: S3Configuration(bucket: "bkt", region: "us-east-1"),
      credentials: StaticCredentials(
        AWSCredentials(
          accessKeyID: "KEY", secretAccessKey: "SECRET", sessionToken: "TOKEN", expiration: remaining.map { now + $0 })),
      transport: FakeTransport([.answer(500)]), clock: clock.clock)
    let signed = try await client.presign(method: .get, key: "k", expiresIn: asked)
    #expect(signed.expiresIn == life && signed.issued == now)
    #expect(signed.url.contains("X-Amz-Expires=\(life)&"))
    #expect(signed.url.contains("X-Amz-Date=20260101T000000Z"))
  }

  @Test(arguments: [0, -1, 604_801])
  func refusesOtherExpiries(_ seconds: Int) async throws {
    let store = try FakeStore(.answer(200))
    let error = await #expect(throws: S3Error.self) {
      try await store.client.presignedURL(method: .get, key: "k", expiresIn: seconds)
    }
    #expect(error?.code == "InvalidRequest")
  }
}
