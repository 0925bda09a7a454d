// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import TestSupport
import Testing

/// Requests that stop moving, or take too long. Stalls are set short; pauses that must not count are shorter still.
@Suite(.timeLimit(.minutes(2))) struct DeadlineTests {
  @Test func noAnswerAtAll() async throws {
    try await withTransport { _ in
      .silence
    } test: { transport, server in
      let started = ContinuousClock.now
      let error = try await failure(
        of: HTTPRequest(method: .get, url: server.url("/key"), stallTimeout: 0.3), on: transport)
      let took = started.duration(to: .now)
      #expect(error.kind == .stalled)
      #expect(error.bytesTransferred == 0)
      #expect(took > .milliseconds(290))
    }
  }

  @Test func noAnswerAfterTheBodyIsSent() async throws {
    try await withTransport { _ in
      .silence
    } test: { transport, server in
      let error = try await failure(
        of: HTTPRequest(method: .put, url: server.url("/key"), body: .bytes([1, 2, 3]), stallTimeout: 1.5),
        on: transport)
      #expect(error.kind == .stalled)
      #expect(error.bytesTransferred == 3)
      #expect(server.requests.map(\.body) == [[1, 2, 3]])
    }
  }

  @Test func silenceInTheMiddleOfABody() async throws {
    try await withTransport { _ in
      .truncated([UInt8](repeating: 1, count: 100), after: 40, then: .stall)
    } test: { transport, server in
      let error = try await failure(
        of: HTTPRequest(method: .get, url: server.url("/key"), stallTimeout: 1.5), on: transport)
      #expect(error.kind == .stalled)
      #expect(error.bytesTransferred == 40)
    }
  }

  @Test func aServerThatReadsNoFurther() async throws {
    let length: Int64 = 64 << 20
    let server = try ScriptedHTTPServer(receiveBuffer: 16 << 10, bodyReading: { _ in .first(100_000) }) { _ in .silence
    }
    try await withTransport(server: server) { transport, server in
      let body = try temporaryFile(ofLength: length)
      let error = try await failure(
        of: HTTPRequest(
          method: .put, url: server.url("/key"), body: .file(FileRegion(file: body, offset: 0, length: length)),
          stallTimeout: 0.5), on: transport)
      #expect(error.kind == .stalled)
      // What the sockets' buffers hold has left, the rest has not.
      #expect(error.bytesTransferred >= 100_000 && error.bytesTransferred < length)
    }
  }

  @Test func slowIsNotStalled() async throws {
    try await withTransport { _ in
      .drip(Array(1...30), pieceSize: 1, pause: 0.15)
    } test: { transport, server in
      let response = try await transport.perform(
        HTTPRequest(method: .get, url: server.url("/key"), stallTimeout: 3))
      #expect(response.body == Array(1...30))
    }
  }

  @Test func theWholeRequestHasADeadlineHoweverItMoves() async throws {
    try await withTransport { _ in
      .drip([UInt8](repeating: 1, count: 1000), pieceSize: 1, pause: 0.05)
    } test: { transport, server in
      let started = ContinuousClock.now
      let error = try await failure(
        of: HTTPRequest(method: .get, url: server.url("/key"), stallTimeout: 10, totalTimeout: 0.5), on: transport)
      let took = started.duration(to: .now)
      #expect(error.kind == .timedOut)
      #expect(error.bytesTransferred > 0)
      #expect(took > .milliseconds(490))
    }
  }

  @Test func theDeadlineAlsoEndsAConnectionAttempt() async throws {
    let hole = try BlackHole()
    defer { hole.close() }
    let transport = CurlTransport(logger: silentLogger)
    defer { transport.shutdown() }
    let error = try await failure(
      of: HTTPRequest(method: .get, url: "http://127.0.0.1:\(hole.port)/", totalTimeout: 0.2), on: transport)
    #expect(error.kind == .timedOut)
  }

  @Test func oneThatStallsDoesNotHoldUpAnother() async throws {
    try await withTransport {
      $0.target == "/slow" ? .silence : .answer()
    } test: { transport, server in
      async let slow = failure(
        of: HTTPRequest(method: .get, url: server.url("/slow"), stallTimeout: 0.6), on: transport)
      try await eventually("the request arrives") { server.requests.count == 1 }
      for _ in 1...20 {
        try await expectSuccess(of: HTTPRequest(method: .get, url: server.url("/fast")), on: transport)
      }
      let error = try await slow
      #expect(error.kind == .stalled)
      #expect(server.requests.count == 21)
    }
  }
}
