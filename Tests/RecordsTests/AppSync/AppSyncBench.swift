// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking

@testable import Records

/// A store whose service answers one thing after another, with a clock that waits for nobody.
final class AppSyncBench: HTTPTransport {
  enum Outcome: Sendable {
    case answer(Int, String, [(name: String, value: String)] = [])
    case failure(TransportError.Kind)

    static func data(_ json: String) -> Outcome { .answer(200, "{\"data\":\(json)}") }

    /// An answer of AppSync: the operation's field is null, and this is why.
    static func problem(_ field: String, _ type: String, _ message: String = "said by the test") -> Outcome {
      .answer(
        200,
        """
        {"data":{"\(field)":null},"errors":[{"path":["\(field)"],"data":null,"errorType":"\(type)","errorInfo":null,\
        "locations":[{"line":2,"column":3,"sourceName":null}],"message":"\(message)"}]}
        """)
    }

    static func conditionFailed(_ field: String) -> Outcome {
      .problem(field, "DynamoDB:ConditionalCheckFailedException", "The conditional request failed (Service: DynamoDb)")
    }
  }

  private struct State {
    var outcomes: [Outcome]
    var requests: [HTTPRequest] = []
    var waits: [Double] = []
    var uptime = 0.0
  }

  /// 2026-11-21T10:00:00Z.
  static let now: Int64 = 1_795_255_200
  static let url = "https://abc.appsync-api.eu-west-1.amazonaws.com/graphql"
  static let song = RecordModel(
    "Song",
    fields: [
      RecordField("id", .scalar("ID"), isRequired: true), RecordField("name", .scalar("String"), isRequired: true),
      RecordField("coverArtPath", .scalar("String")),
      RecordField("createdAt", .scalar("AWSDateTime"), isReadOnly: true),
      RecordField("updatedAt", .scalar("AWSDateTime"), isReadOnly: true),
    ], attachments: [AttachmentField("coverArtPath", isList: false)])
  static let songJSON = """
    {"id":"42","name":"A","coverArtPath":null,"createdAt":"2026-11-21T10:00:00.000Z","updatedAt":"2026-11-21T10:00:00.000Z"}
    """

  private let state: Lock<State>
  private let secondsPerRequest: Double

  /// - Parameter secondsPerRequest: how long each takes.
  init(_ outcomes: [Outcome], secondsPerRequest: Double = 0) {
    state = Lock(State(outcomes: outcomes))
    self.secondsPerRequest = secondsPerRequest
  }

  func store(_ authorization: AppSyncAuthorization = .apiKey("da2-secret")) throws -> AppSyncRecordStore {
    try AppSyncRecordStore(
      url: AppSyncBench.url, authorization: authorization, transport: self,
      clock: AppSyncClock(
        now: { AppSyncBench.now }, uptime: { self.state.withLock { $0.uptime } },
        sleep: { (seconds) throws(CancellationError) in
          if Task.isCancelled { throw CancellationError() }
          self.state.withLock { state in
            state.waits.append(seconds)
            state.uptime += seconds
          }
        },
        random: { 0.5 }))
  }

  var requests: [HTTPRequest] { state.withLock { $0.requests } }
  var waits: [Double] { state.withLock { $0.waits } }

  /// The fields that were asked for, one a request.
  var operations: [String] {
    requests.map { request in
      let document = AppSyncBench.json(request)["query"]?.string ?? ""
      return String(document.drop { $0 != "{" }.dropFirst(2).prefix { $0 != "(" })
    }
  }

  static func json(_ request: HTTPRequest) -> [String: RecordValue] {
    guard case .bytes(let bytes) = request.body, let value = try? RecordValue(json: bytes) else { return [:] }
    return value.object ?? [:]
  }

  func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let outcome = state.withLock { state in
      state.requests.append(request)
      state.uptime += secondsPerRequest
      return state.outcomes.isEmpty ? .answer(599, "the test has no more answers") : state.outcomes.removeFirst()
    }
    switch outcome {
    case .answer(let status, let body, let headers):
      return HTTPResponse(status: status, headers: HTTPHeaders(headers), body: Array(body.utf8))
    case .failure(let kind): throw TransportError(kind, "said by the test")
    }
  }
}
