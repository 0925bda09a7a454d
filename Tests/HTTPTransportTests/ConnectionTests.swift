// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import TestSupport
import Testing

/// Connections: how many there are, and what happens when a reused one turns out dead.
@Suite struct ConnectionTests {
  @Test func requestsInARowShareAConnection() async throws {
    try await withTransport(CurlTransportConfiguration(loops: 2)) { _ in
      .answer(body: [1])
    } test: { transport, server in
      for _ in 1...10 {
        let response = try await transport.perform(HTTPRequest(method: .get, url: server.url("/key")))
        #expect(response.body == [1])
      }
      #expect(server.connectionCount == 1)
      #expect(server.requests.map(\.ordinal) == Array(1...10))
    }
  }

  @Test(arguments: [1, 2]) func sixteenAtATimeUseSixteenConnections(loops: Int) async throws {
    let gate = Gate(16)
    try await withTransport(CurlTransportConfiguration(loops: loops)) { request in
      if request.headers["x-round"] == "1" { gate.arriveAndWait() }
      return .answer(body: Array(request.target.utf8))
    } test: { transport, server in
      for round in 1...3 {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for number in 0..<16 {
            group.addTask {
              let headers = HTTPHeaders([(name: "x-round", value: "\(round)")])
              let response = try await transport.perform(
                HTTPRequest(method: .get, url: server.url("/\(number)"), headers: headers))
              #expect(response.body == Array("/\(number)".utf8))
            }
          }
          try await group.waitForAll()
        }
      }
      // All were needed in the first round, and none was opened after it.
      #expect(server.connectionCount == 16)
    }
  }

  @Test func aConnectionClosedWhileIdleIsReplaced() async throws {
    try await withTransport { _ in
      ScriptedResponse.answer(body: [2]).then(.close)
    } test: { transport, server in
      for count in 1...3 {
        let response = try await transport.perform(
          HTTPRequest(method: .post, url: server.url("/key"), body: .bytes([1, 2, 3])))
        #expect(response.body == [2])
        #expect(server.connectionCount == count)
        try await eventually("the connection is closed") { server.openConnectionCount == 0 }
      }
      #expect(server.requests.map(\.body) == [[1, 2, 3], [1, 2, 3], [1, 2, 3]])
    }
  }

  /// The server takes the second request on a connection and hangs up without an answer: it may have acted on it.
  @Test(arguments: [
    (HTTPMethod.get, nil as String?, true), (.head, nil, true), (.put, nil, true), (.delete, nil, true),
    (.put, "If-None-Match", false), (.put, "if-match", false), (.delete, "If-Match", false), (.get, "If-Match", true),
    (.post, nil, false),
  ])
  func aRequestThatMayHaveBeenActedOnIsResentOnlyWhenHarmless(
    method: HTTPMethod, condition: String?, isResent: Bool
  ) async throws {
    try await withTransport { request in
      request.connection == 1 && request.ordinal == 2 ? .hangUp : .answer()
    } test: { transport, server in
      let headers = HTTPHeaders(condition.map { [(name: $0, value: "*")] } ?? [])
      let body: RequestBody = method == .put || method == .post ? .bytes(Noise.bytes(300_000)) : .empty
      let request = HTTPRequest(method: method, url: server.url("/key"), headers: headers, body: body)
      try await expectSuccess(of: request, on: transport)
      if isResent {
        try await expectSuccess(of: request, on: transport)
        #expect(server.requests.map(\.connection) == [1, 1, 2])
        #expect(server.requests.last?.body == (body.length > 0 ? Noise.bytes(300_000) : []))
      } else {
        let error = try await failure(of: request, on: transport)
        #expect(error.kind == .connectionLost)
        #expect(server.requests.map(\.connection) == [1, 1])
      }
    }
  }

  @Test func aPostWithoutABodyIsNotResentEither() async throws {
    try await withTransport { request in
      request.ordinal == 2 ? .hangUp : .answer()
    } test: { transport, server in
      let request = HTTPRequest(method: .post, url: server.url("/key?uploads"))
      try await expectSuccess(of: request, on: transport)
      let error = try await failure(of: request, on: transport)
      #expect(error.kind == .connectionLost)
      #expect(server.requests.count == 2)
    }
  }

  @Test func aHangUpOnAFreshConnectionIsNotRetried() async throws {
    try await withTransport { _ in
      .hangUp
    } test: { transport, server in
      let error = try await failure(of: HTTPRequest(method: .get, url: server.url("/key")), on: transport)
      #expect(error.kind == .connectionLost)
      #expect(server.requests.count == 1)
    }
  }
}
