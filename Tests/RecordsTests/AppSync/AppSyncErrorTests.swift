// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Testing

@testable import Records

@Suite("Errors of AppSync")
struct AppSyncErrorTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var name: String
    var outcome: AppSyncBench.Outcome
    var code: RecordErrorCode
    /// Of an update, and of a query.
    var mayHaveBeenApplied = false
    var attempts = 1
    var errorType: String?
    var testDescription: String { name }
  }

  private static let cases: [Case] = [
    Case(
      name: "wrong or expired key",
      outcome: .answer(
        401,
        #"{"errors":[{"errorType":"UnauthorizedException","message":"You are not authorized to make this call."}]}"#),
      code: .expiredAPIKey, errorType: "UnauthorizedException"),
    Case(
      name: "a model that is not for this key", outcome: .problem("FIELD", "Unauthorized"), code: .unauthorized,
      errorType: "Unauthorized"),
    Case(
      name: "a firewall",
      outcome: .answer(403, #"{"errors":[{"errorType":"WAFForbiddenException","message":"403 Forbidden"}]}"#),
      code: .unauthorized, errorType: "WAFForbiddenException"),
    Case(
      name: "a document that does not fit the schema",
      outcome: .answer(
        200,
        #"{"data":null,"errors":[{"path":null,"locations":[],"message":"Validation error of type FieldUndefined"}]}"#),
      code: .rejected),
    Case(
      name: "a value that DynamoDB refuses", outcome: .problem("FIELD", "DynamoDB:DynamoDbException"), code: .rejected,
      errorType: "DynamoDB:DynamoDbException"),
    Case(
      name: "a body that is refused",
      outcome: .answer(
        400, #"{"errors":[{"errorType":"MalformedHttpRequestException","message":"Request body is not a valid JSON"}]}"#
      ),
      code: .rejected, errorType: "MalformedHttpRequestException"),
    Case(
      name: "an error type in the extensions",
      outcome: .answer(
        200, #"{"data":null,"errors":[{"message":"no","extensions":{"errorType":"Unauthorized"}}]}"#),
      code: .unauthorized, errorType: "Unauthorized"),
    Case(
      name: "a page to sign in", outcome: .answer(200, "<html>Sign in</html>"), code: .invalidResponse,
      mayHaveBeenApplied: true),
    Case(name: "a redirect", outcome: .answer(302, ""), code: .invalidResponse),
    Case(name: "a page that refuses", outcome: .answer(403, "<html>no</html>"), code: .invalidResponse),
    Case(
      name: "JSON of something else", outcome: .answer(200, #"{"hello":1}"#), code: .invalidResponse,
      mayHaveBeenApplied: true),
    Case(name: "no field", outcome: .data(#"{"other":null}"#), code: .invalidResponse, mayHaveBeenApplied: true),
    Case(
      name: "an answer that is too long", outcome: .failure(.tooLarge), code: .invalidResponse, mayHaveBeenApplied: true
    ),
    Case(name: "a certificate", outcome: .failure(.tls), code: .unavailable),
    Case(name: "cancelled", outcome: .failure(.cancelled), code: .canceled, mayHaveBeenApplied: true),
    Case(name: "no connection", outcome: .failure(.cannotConnect), code: .unavailable, attempts: 3),
    Case(
      name: "a lost connection", outcome: .failure(.connectionLost), code: .unavailable, mayHaveBeenApplied: true,
      attempts: 3),
    Case(name: "silence", outcome: .failure(.stalled), code: .unavailable, mayHaveBeenApplied: true, attempts: 3),
    Case(name: "too many requests", outcome: .answer(429, "{}"), code: .unavailable, attempts: 3),
    Case(
      name: "a broken service", outcome: .answer(503, "no"), code: .unavailable, mayHaveBeenApplied: true, attempts: 3),
    Case(name: "an unknown method", outcome: .answer(501, "no"), code: .invalidResponse),
    Case(
      name: "a busy table", outcome: .problem("FIELD", "DynamoDB:ProvisionedThroughputExceededException"),
      code: .unavailable, attempts: 3, errorType: "DynamoDB:ProvisionedThroughputExceededException"),
    Case(
      name: "an error within", outcome: .problem("FIELD", "InternalFailure"), code: .unavailable,
      mayHaveBeenApplied: true, attempts: 3, errorType: "InternalFailure"),
  ]

  private func outcome(_ example: Case, _ field: String) -> AppSyncBench.Outcome {
    guard case .answer(let status, let body, let headers) = example.outcome else { return example.outcome }
    return .answer(status, body.replacing("FIELD", with: field), headers)
  }

  @Test("of a change", arguments: cases)
  func change(_ example: Case) async throws {
    let bench = AppSyncBench(Array(repeating: outcome(example, "updateSong"), count: example.attempts))
    let store = try bench.store()
    let error = await #expect(throws: RecordError.self) {
      try await store.update(AppSyncBench.song, id: "42", values: ["name": "B"], if: nil)
    }
    #expect(error?.code == example.code)
    #expect(error?.mayHaveBeenApplied == example.mayHaveBeenApplied)
    #expect(error?.errorType == example.errorType)
    #expect(bench.requests.count == example.attempts)
  }

  @Test("of a query: nothing can have been done", arguments: cases)
  func query(_ example: Case) async throws {
    let bench = AppSyncBench(Array(repeating: outcome(example, "getSong"), count: example.attempts))
    let store = try bench.store()
    let error = await #expect(throws: RecordError.self) { try await store.get(AppSyncBench.song, id: "42") }
    #expect(error?.code == example.code)
    #expect(error?.mayHaveBeenApplied == false)
    #expect(bench.requests.count == example.attempts)
  }

  @Test("for a user of the pool, a refused token is no key")
  func userPool() async throws {
    let bench = AppSyncBench([
      .answer(401, #"{"errors":[{"errorType":"UnauthorizedException","message":"Token has expired."}]}"#)
    ])
    let store = try bench.store(.userPool { "token" })
    let error = await #expect(throws: RecordError.self) { try await store.get(AppSyncBench.song, id: "42") }
    #expect(error?.code == .unauthorized && error?.message == "getSong: Token has expired.")
  }

  @Test("a change that was made, of which something may not be read")
  func partial() async throws {
    let bench = AppSyncBench([
      .answer(
        200,
        """
        {"data":{"createSong":\(AppSyncBench.songJSON)},"errors":[{"path":["createSong","secret"],\
        "errorType":"Unauthorized","message":"Not Authorized to access secret on type Song"}]}
        """)
    ])
    let store = try bench.store()
    let error = await #expect(throws: RecordError.self) {
      try await store.create(AppSyncBench.song, id: "42", values: ["name": "A"])
    }
    #expect(error?.code == .unauthorized && error?.mayHaveBeenApplied == true)
  }

  @Test("messages are one line of limited length")
  func messages() async throws {
    let bench = AppSyncBench([
      .problem("getSong", "Some:Type", #"one\ntwo\u0007\u001b[31m   three \#(String(repeating: "x", count: 1_000))"#)
    ])
    let store = try bench.store()
    let error = await #expect(throws: RecordError.self) { try await store.get(AppSyncBench.song, id: "42") }
    #expect(error?.message.hasPrefix("getSong: one two [31m three xxx") == true)
    #expect((error?.message.utf8.count ?? 1_000) < 330)
  }

  @Test("the service's answer is no list, or no record")
  func shapes() async throws {
    let bench = AppSyncBench([
      .data(#"{"listSongs":{"items":7}}"#), .data(#"{"listSongs":{"items":[{"name":"A"}],"nextToken":null}}"#),
      .data(#"{"getSong":"A"}"#), .data(#"{"createSong":null}"#),
    ])
    let store = try bench.store()
    for _ in 1...2 {
      let error = await #expect(throws: RecordError.self) {
        try await store.list(AppSyncBench.song, filter: nil, limit: 10, nextToken: nil)
      }
      #expect(error?.code == .invalidResponse)
    }
    let get = await #expect(throws: RecordError.self) { try await store.get(AppSyncBench.song, id: "42") }
    #expect(get?.code == .invalidResponse && get?.mayHaveBeenApplied == false)
    let create = await #expect(throws: RecordError.self) {
      try await store.create(AppSyncBench.song, id: "42", values: ["name": "A"])
    }
    #expect(create?.code == .invalidResponse && create?.mayHaveBeenApplied == true)
  }
}
