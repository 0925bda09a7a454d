// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import SigV4
import Testing

import S3Client

/// What `send` does with each kind of failure, on a transport that fails as told.
@Suite struct SendTests {
  private static let found = FakeTransport.Answer.answer(
    200, [("Content-Length", "3"), ("ETag", "\"e\""), ("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")])

  @Test func triesThreeTimes() async throws {
    let store = try FakeStore(.error(503, "SlowDown"), .lost(.connectionLost), SendTests.found)
    #expect(try await store.client.headObject("k").size == 3)
    #expect(store.clock.sleeps == [0.2, 0.4])
    #expect(store.client.requestCounts == ["HeadObject": 3])
    #expect(Set(store.lines) == ["HEAD /bkt/k"])
  }

  @Test func givesUpAfterThree() async throws {
    let store = try FakeStore(.error(500, "InternalError", [("x-amz-request-id", "R")]))
    let error = await #expect(throws: S3Error.self) { try await store.client.headObject("k") }
    #expect(error?.status == 500)
    #expect(error?.requestID == "R")
    #expect(error?.operation == "HeadObject" && error?.key == "k" && error?.bucket == "bkt")
    #expect(error?.mayHaveTakenEffect == false)
    #expect(store.transport.requests.count == 3)
  }

  @Test(arguments: [
    (404, "NoSuchKey"), (403, "AccessDenied"), (409, "ConditionalRequestConflict"), (412, "PreconditionFailed"),
    (416, "InvalidRange"), (501, "NotImplemented"), (400, "InvalidArgument"),
  ])
  func takesAnswersAsTheyAre(_ status: Int, _ code: String) async throws {
    let store = try FakeStore(.error(status, code))
    let error = await #expect(throws: S3Error.self) {
      try await store.client.getObject("k", into: .collect(limit: 10))
    }
    #expect(error?.code == code)
    #expect(error?.message == "said the store")
    #expect(store.transport.requests.count == 1)
  }

  @Test(arguments: [(404, "NotFound"), (403, "Forbidden"), (412, "PreconditionFailed"), (418, "Status 418")])
  func namesAnswersWithoutABody(_ status: Int, _ code: String) async throws {
    let store = try FakeStore(.answer(status))
    let error = await #expect(throws: S3Error.self) { try await store.client.headObject("k") }
    #expect(error?.code == code)
    #expect(error?.isNotFound == (status == 404))
    #expect(error?.isConditionFailure == (status == 412))
  }

  @Test func refreshesAnExpiredToken() async throws {
    let store = try FakeStore(.error(400, "ExpiredToken"), SendTests.found)
    _ = try await store.client.headObject("k")
    let keys = store.transport.requests.map { $0.headers["authorization"]?.contains("Credential=KEY1/") }
    #expect(keys == [false, true])
    #expect(store.clock.sleeps == [])

    // Short ones can end again while a request waits for its turn at a slow store.
    let slow = try FakeStore(.error(400, "ExpiredToken"), .error(400, "ExpiredToken"), SendTests.found)
    _ = try await slow.client.headObject("k")
    #expect(slow.credentials.count == 2)

    let hopeless = try FakeStore(.error(400, "ExpiredToken"))
    let error = await #expect(throws: S3Error.self) { try await hopeless.client.headObject("k") }
    #expect(error?.code == "ExpiredToken")
    #expect(hopeless.transport.requests.count == 4)
  }

  @Test func triesAnExpiredTokenWithoutSuccessorOnceMore() async throws {
    let transport = FakeTransport([.error(400, "ExpiredToken")])
    let fixed = StaticCredentials(
      AWSCredentials(accessKeyID: "KEY", secretAccessKey: "SECRET", sessionToken: "TOKEN"))
    let client = try S3Client(
      configuration: S3Configuration(bucket: "bkt", region: "us-east-1", endpoint: "http://127.0.0.1:1"),
      credentials: fixed, transport: transport)
    await #expect(throws: S3Error.self) { try await client.headObject("k") }
    #expect(transport.requests.count == 2)
  }

  /// AWS answers a HEAD with an expired token by 400 and nothing else.
  @Test func refreshesAnExpiredTokenOfHEAD() async throws {
    let store = try FakeStore(.answer(400), SendTests.found)
    _ = try await store.client.headObject("k")
    #expect(store.credentials.count == 1)
  }

  @Test func learnsTheTimeOfTheStore() async throws {
    let ahead = [("Date", "Thu, 01 Jan 2026 01:00:00 GMT")]
    let store = try FakeStore(.error(403, "RequestTimeTooSkewed", ahead), SendTests.found)
    _ = try await store.client.headObject("k")
    _ = try await store.client.headObject("k")
    #expect(
      store.transport.requests.map { $0.headers["x-amz-date"] } == [
        "20260101T000000Z", "20260101T010000Z", "20260101T010000Z",
      ])
  }

  /// A HEAD has no body to say RequestTimeTooSkewed in.
  @Test func learnsTheTimeFromARefusedHEAD() async throws {
    let behind = [("Date", "Wed, 31 Dec 2025 23:00:00 GMT")]
    let store = try FakeStore(.answer(403, behind), SendTests.found)
    _ = try await store.client.headObject("k")
    #expect(store.transport.requests.last?.headers["x-amz-date"] == "20251231T230000Z")

    let refused = try FakeStore(.answer(403, [("Date", "Thu, 01 Jan 2026 00:03:00 GMT")]))
    await #expect(throws: S3Error.self) { try await refused.client.headObject("k") }
    #expect(refused.transport.requests.count == 1)
  }

  @Test func waitsAsLongAsTheStoreAsks() async throws {
    let store = try FakeStore(.error(503, "SlowDown", [("Retry-After", "7")]), SendTests.found)
    _ = try await store.client.headObject("k")
    #expect(store.clock.sleeps == [7])
    let patient = try FakeStore(.error(503, "SlowDown", [("Retry-After", "3600")]))
    await #expect(throws: S3Error.self) { try await patient.client.headObject("k") }
    #expect(patient.clock.sleeps == [])
  }

  @Test func endsWhenCancelled() async throws {
    let store = try FakeStore(.lost(.cancelled))
    let error = await #expect(throws: S3Error.self) { try await store.client.headObject("k") }
    #expect(error?.isCancelled == true)
    #expect(store.transport.requests.count == 1)

    let waiting = try FakeStore(.error(503, "SlowDown"))
    let task = Task { () async -> S3Error? in
      withUnsafeCurrentTask { $0?.cancel() }
      do throws(S3Error) {
        _ = try await waiting.client.headObject("k")
        return nil
      } catch {
        return error
      }
    }
    #expect(await task.value?.code == "Cancelled")
    #expect(waiting.transport.requests.isEmpty)
  }

  @Test(
    arguments: [
      (.answer(301, [("x-amz-bucket-region", "eu-west-1")]), true),
      (.answer(400, [("x-amz-bucket-region", "eu-west-1")]), true),
      (.answer(307, [("Location", "http://elsewhere")]), false),
      (.answer(301, [("x-amz-bucket-region", "evil\u{1b}[0m")]), false),
    ] as [(FakeTransport.Answer, Bool)])
  func namesTheRightRegion(_ answer: FakeTransport.Answer, _ isNamed: Bool) async throws {
    let store = try FakeStore(answer)
    let error = await #expect(throws: S3Error.self) { try await store.client.headBucket() }
    let remedy = "the bucket is in region eu-west-1, not us-east-1: set --region eu-west-1"
    #expect((error?.message == remedy) == isNamed)
    #expect(error?.message.contains("\u{1b}") == false)
  }

  @Test func namesTheRightRegionFromTheBody() async throws {
    let body =
      "<Error><Code>AuthorizationHeaderMalformed</Code><Message>m</Message><Region>eu-central-1</Region></Error>"
    let store = try FakeStore(.answer(400, [], body))
    let error = await #expect(throws: S3Error.self) { try await store.client.listObjects(prefix: "") }
    #expect(error?.message.contains("--region eu-central-1") == true)
  }

  /// SHA-256 of "{}" from sha256sum(1).
  @Test func signsSmallBodiesOnly() async throws {
    let store = try FakeStore(.answer(200, [("ETag", "\"e\"")]))
    func put(_ body: RequestBody) async throws -> String? {
      _ = try await store.client.putObject("k", body: body, properties: ObjectProperties())
      return store.transport.requests.last?.headers["x-amz-content-sha256"]
    }
    #expect(
      try await put(.bytes(Array("{}".utf8))) == "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")
    #expect(try await put(.empty) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(try await put(.bytes(Array(repeating: 0, count: 1 << 20)))?.count == 64)
    #expect(try await put(.bytes(Array(repeating: 0, count: 1 << 20 + 1))) == "UNSIGNED-PAYLOAD")
    let file = FileRegion(file: FileDescriptor(owning: -1), offset: 0, length: 2)
    #expect(try await put(.file(file)) == "UNSIGNED-PAYLOAD")
  }

  @Test func namesTheExpectedOwner() async throws {
    let store = try FakeStore(SendTests.found, owner: "123456789012")
    _ = try await store.client.headObject("k")
    try await store.client.deleteObject("k")
    _ = try? await store.client.copyObject(CopySource(key: "a"), to: "b")
    for request in store.transport.requests {
      #expect(request.headers["x-amz-expected-bucket-owner"] == "123456789012")
      #expect(request.headers["authorization"]?.contains("x-amz-expected-bucket-owner") == true)
    }
    #expect(store.transport.requests.last?.headers["x-amz-source-expected-bucket-owner"] == "123456789012")
    let url = try await store.client.presignedURL(method: .get, key: "k", expiresIn: 60)
    #expect(url.contains("x-amz-expected-bucket-owner=123456789012"))
  }

  /// A line end in a tag of a listing, or in metadata of a user, must not become a header.
  @Test func sendsNoHeaderOfSomebodyElse() async throws {
    let store = try FakeStore(SendTests.found)
    let error = await #expect(throws: S3Error.self) {
      try await store.client.deleteObject("k", ifMatch: ETag("a\r\nx-amz-evil: 1"))
    }
    #expect(error?.code == "InvalidRequest")
    await #expect(throws: S3Error.self) {
      try await store.client.putObject("k", body: .empty, properties: ObjectProperties(metadata: ["a": "b\nc"]))
    }
    #expect(store.transport.requests.isEmpty)
  }

  @Test func givesSlowOperationsTime() async throws {
    let store = try FakeStore(.error(404, "NoSuchKey"))
    _ = try? await store.client.headObject("k")
    _ = try? await store.client.copyObject(CopySource(key: "a"), to: "b")
    #expect(store.transport.requests.map(\.stallTimeout) == [15, 45])
  }

  /// The path of an empty key is that of the bucket.
  @Test func neverTouchesTheBucketForAnEmptyKey() async throws {
    let store = try FakeStore(.answer(204))
    let error = await #expect(throws: S3Error.self) { try await store.client.deleteObject("") }
    #expect(error?.code == "InvalidRequest")
    await #expect(throws: S3Error.self) {
      try await store.client.putObject("", body: .empty, properties: ObjectProperties())
    }
    #expect(store.transport.requests.isEmpty)
  }
}
