// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Locking
import SigV4
import Testing

@testable import Records

@Suite("Authorization for AppSync")
struct AppSyncAuthorizationTests {
  private static let secretKey = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"

  private func headers(_ authorization: AppSyncAuthorization) async throws -> HTTPHeaders {
    let bench = AppSyncBench([.data(#"{"getSong":null}"#)])
    _ = try await bench.store(authorization).get(AppSyncBench.song, id: "42")
    return try #require(bench.requests.first).headers
  }

  @Test("by API key: its header, and nothing else")
  func apiKey() async throws {
    let fields = try await headers(.apiKey("da2-secret")).fields
    #expect(fields.map(\.name) == ["content-type", "x-api-key"])
    #expect(fields.map(\.value) == ["application/json; charset=UTF-8", "da2-secret"])
  }

  @Test("by user: the access token without Bearer")
  func userPool() async throws {
    let fields = try await headers(.userPool { "header.claims.signature" }).fields
    #expect(fields.map(\.name) == ["content-type", "authorization"])
    #expect(fields.last?.value == "header.claims.signature")
  }

  /// Literal signatures of botocore 1.43.11 for the same request, credentials and time.
  @Test(
    "by signature: the one that botocore makes",
    arguments: [
      (
        nil, "content-type;host;x-amz-date",
        "d1a1e27379535a755e2b0f7a3400239ed1c10e2c25aa48797898d01bb0921ab8"
      ),
      (
        "session-token", "content-type;host;x-amz-date;x-amz-security-token",
        "56452dd5c44ff756ad9bf3b34d47db2824468bd84fb03b2da240a043d35e4c97"
      ),
    ] as [(String?, String, String)])
  func iam(_ token: String?, _ names: String, _ signature: String) async throws {
    let credentials = AWSCredentials(
      accessKeyID: "AKIDEXAMPLE", secretAccessKey: Self.secretKey, sessionToken: token)
    let headers = try await headers(.iam(StaticCredentials(credentials), region: "eu-west-1"))
    #expect(
      headers["authorization"]
        == "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261121/eu-west-1/appsync/aws4_request, SignedHeaders=\(names), "
        + "Signature=\(signature)")
    #expect(headers["x-amz-date"] == "20261121T100000Z" && headers["x-amz-security-token"] == token)
  }

  @Test("expired credentials are replaced once, and the request repeated")
  func expired() async throws {
    let refusal = AppSyncBench.Outcome.answer(
      403,
      #"{"errors":[{"errorType":"ExpiredTokenException","message":"The security token included in the request is expired"}]}"#
    )
    let provider = CountingCredentials()
    let bench = AppSyncBench([refusal, .data(#"{"getSong":null}"#)])
    _ = try await bench.store(.iam(provider, region: "eu-west-1")).get(AppSyncBench.song, id: "42")
    #expect(bench.requests.map { $0.headers["x-amz-security-token"] } == ["token 1", "token 2"])
    #expect(bench.waits.isEmpty)

    let again = AppSyncBench([refusal, refusal])
    let store = try again.store(.iam(provider, region: "eu-west-1"))
    let error = await #expect(throws: RecordError.self) { try await store.get(AppSyncBench.song, id: "42") }
    #expect(error?.code == .unauthorized && again.requests.count == 2)
  }

  @Test("a refused signature of a wrong clock is made anew by the service's")
  func clock() async throws {
    let refusal = AppSyncBench.Outcome.answer(
      403, #"{"errors":[{"errorType":"InvalidSignatureException","message":"Signature expired"}]}"#,
      [("Date", "Sat, 21 Nov 2026 10:30:00 GMT")])
    let answer = AppSyncBench.Outcome.data(#"{"getSong":null}"#)
    let bench = AppSyncBench([refusal, answer, answer])
    let store = try bench.store(.iam(CountingCredentials(), region: "eu-west-1"))
    for _ in 1...2 { _ = try await store.get(AppSyncBench.song, id: "42") }
    #expect(
      bench.requests.map { $0.headers["x-amz-date"] } == ["20261121T100000Z", "20261121T103000Z", "20261121T103000Z"])
  }

  @Test("a refusal for good is not repeated")
  func refused() async throws {
    let bench = AppSyncBench([
      .answer(
        403,
        #"{"errors":[{"errorType":"AccessDeniedException","message":"Not authorized to perform: appsync:GraphQL"}]}"#)
    ])
    let store = try bench.store(.iam(CountingCredentials(), region: "eu-west-1"))
    let error = await #expect(throws: RecordError.self) { try await store.get(AppSyncBench.song, id: "42") }
    #expect(error?.code == .unauthorized && error?.errorType == "AccessDeniedException" && bench.requests.count == 1)
  }

  @Test("nobody is signed in: no request is sent")
  func nobody() async throws {
    for isTransient in [false, true] {
      let bench = AppSyncBench([])
      let store = try bench.store(
        .userPool { () async throws(CredentialsError) in
          throw CredentialsError("nobody is signed in; run pail auth sign-in", isTransient: isTransient)
        })
      let error = await #expect(throws: RecordError.self) {
        try await store.update(AppSyncBench.song, id: "42", values: ["name": "B"], if: nil)
      }
      #expect(error?.code == (isTransient ? .unavailable : .unauthorized))
      #expect(error?.message == "nobody is signed in; run pail auth sign-in" && error?.mayHaveBeenApplied == false)
      #expect(bench.requests.isEmpty)
    }
  }

  @Test("no description, and no message that quotes a header, shows a secret")
  func secrets() async throws {
    let credentials = AWSCredentials(
      accessKeyID: "AKIDEXAMPLE", secretAccessKey: "da2-secret", sessionToken: "da2-secret")
    let all: [AppSyncAuthorization] = [
      .apiKey("da2-secret"), .userPool { "da2-secret" }, .iam(StaticCredentials(credentials), region: "r"),
    ]
    for authorization in all {
      let bench = AppSyncBench([
        .answer(
          400,
          #"{"errors":[{"errorType":"BadRequestException","message":"'da2-secret' not a valid key=value pair in header: 'da2-secret'"}]}"#
        )
      ])
      let store = try bench.store(authorization)
      let error = await #expect(throws: RecordError.self) { try await store.get(AppSyncBench.song, id: "42") }
      #expect(error?.message == "getSong: '…' not a valid key=value pair in header: '…'")
      var dumped = ""
      dump(authorization, to: &dumped)
      dump(store, to: &dumped)
      for text in [
        dumped, "\(authorization)", String(reflecting: authorization), "\(store)", String(reflecting: store),
      ] {
        #expect(!text.contains("da2-secret"))
      }
    }
  }
}

/// Other credentials whenever those before were refused.
private final class CountingCredentials: CredentialsProvider {
  private let count = Lock(1)

  func credentials() async throws(CredentialsError) -> AWSCredentials {
    AWSCredentials(accessKeyID: "A", secretAccessKey: "s", sessionToken: "token \(count.withLock { $0 })")
  }

  func invalidate(_ rejected: AWSCredentials) async {
    count.withLock { count in if rejected.sessionToken == "token \(count)" { count += 1 } }
  }
}
