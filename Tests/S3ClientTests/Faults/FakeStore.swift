// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Locking
import S3Client
import SigV4

/// A transport that plays answers from a list and keeps what was sent; the last answer repeats.
final class FakeTransport: HTTPTransport {
  typealias Answer = Result<HTTPResponse, TransportError>

  private let state: Lock<(answers: [Answer], requests: [HTTPRequest])>

  init(_ answers: [Answer]) { state = Lock((answers, [])) }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }

  func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let answer = state.withLock { state in
      state.requests.append(request)
      return state.answers.count > 1 ? state.answers.removeFirst() : state.answers[0]
    }
    return try answer.get()
  }
}

extension Result where Success == HTTPResponse, Failure == TransportError {
  static func answer(_ status: Int, _ headers: [(String, String)] = [], _ body: String = "") -> Self {
    .success(
      HTTPResponse(
        status: status, headers: HTTPHeaders(headers.map { (name: $0.0, value: $0.1) }), body: Array(body.utf8)))
  }

  static func error(_ status: Int, _ code: String, _ headers: [(String, String)] = []) -> Self {
    answer(status, headers, "<Error><Code>\(code)</Code><Message>said the store</Message></Error>")
  }

  static func lost(_ kind: TransportError.Kind, bytes: Int64 = 0) -> Self {
    .failure(TransportError(kind, "lost", bytesTransferred: bytes))
  }
}

/// Time that only moves when somebody sleeps.
final class TestClock: Sendable {
  /// Thu, 01 Jan 2026 00:00:00 GMT, and the seconds slept so far.
  private let state = Lock<(now: Double, slept: [Double])>((1_767_225_600, []))

  var sleeps: [Double] { state.withLock { $0.slept } }

  func advance(_ seconds: Double) { state.withLock { $0.now += seconds } }

  var clock: S3Clock {
    S3Clock(
      now: { [self] in Int64(state.withLock { $0.now }) }, uptime: { [self] in state.withLock { $0.now } },
      sleep: { [self] (seconds) throws(CancellationError) in
        if Task.isCancelled { throw CancellationError() }
        state.withLock {
          $0.now += seconds
          $0.slept.append(seconds)
        }
      },
      random: { 0 })
  }
}

/// Credentials whose key id counts how often they were invalidated: KEY0, KEY1, ….
final class RotatingCredentials: CredentialsProvider {
  private let generation = Lock(0)
  private let sessionToken: String?

  init(sessionToken: String? = "TOKEN") { self.sessionToken = sessionToken }

  var count: Int { generation.withLock { $0 } }

  func credentials() async throws(CredentialsError) -> AWSCredentials {
    AWSCredentials(accessKeyID: "KEY\(count)", secretAccessKey: "SECRET", sessionToken: sessionToken)
  }

  func invalidate(_ rejected: AWSCredentials) async {
    generation.withLock { if rejected.accessKeyID == "KEY\($0)" { $0 += 1 } }
  }
}

/// A client on a fake transport.
struct FakeStore {
  let transport: FakeTransport
  let clock = TestClock()
  let credentials = RotatingCredentials()
  let client: S3Client

  init(_ answers: FakeTransport.Answer..., owner: String? = nil) throws { try self.init(answers, owner: owner) }

  init(_ answers: [FakeTransport.Answer], owner: String? = nil) throws {
    transport = FakeTransport(answers)
    client = try S3Client(
      configuration: S3Configuration(
        bucket: "bkt", region: "us-east-1", endpoint: "http://127.0.0.1:1", expectedBucketOwner: owner),
      credentials: credentials, transport: transport, clock: clock.clock)
  }

  /// "PUT /bkt/key?query" of every request.
  var lines: [String] {
    transport.requests.map { "\($0.method.rawValue) \($0.url.dropFirst("http://127.0.0.1:1".count))" }
  }
}
