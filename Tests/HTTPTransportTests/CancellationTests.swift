// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import TestSupport
import Testing

/// Cancelled requests end long before any of their own limits.
@Suite(.timeLimit(.minutes(2))) struct CancellationTests {
  @Test func beforeTheStart() async throws {
    try await withTransport { _ in
      .answer()
    } test: { transport, server in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return try await failure(of: HTTPRequest(method: .get, url: server.url("/key")), on: transport)
      }
      let error = try await task.value
      #expect(error.kind == .cancelled)
      #expect(server.connectionCount == 0)
    }
  }

  @Test func whileConnecting() async throws {
    let hole = try BlackHole()
    defer { hole.close() }
    let transport = CurlTransport(
      configuration: CurlTransportConfiguration(connectTimeout: 3600), logger: silentLogger)
    defer { transport.shutdown() }
    try await expectPromptCancellation(
      of: HTTPRequest(method: .get, url: "http://127.0.0.1:\(hole.port)/"), on: transport
    ) {
      try await eventually("a connection is tried") { try hole.isTried() }
    }
  }

  @Test func whileSending() async throws {
    let length: Int64 = 64 << 20
    let server = try ScriptedHTTPServer(receiveBuffer: 16 << 10, bodyReading: { _ in .first(1) }) { _ in .silence }
    try await withTransport(server: server) { transport, server in
      let file = try temporaryFile(ofLength: length)
      let request = HTTPRequest(
        method: .put, url: server.url("/key"), body: .file(FileRegion(file: file, offset: 0, length: length)))
      try await expectPromptCancellation(of: request, on: transport) {
        try await eventually("the request arrives") { server.requests.count == 1 }
      }
    }
  }

  @Test func whileWaitingForTheAnswer() async throws {
    try await withTransport { _ in
      .silence
    } test: { transport, server in
      try await expectPromptCancellation(of: HTTPRequest(method: .get, url: server.url("/key")), on: transport) {
        try await eventually("the request arrives") { server.requests.count == 1 }
      }
      try await eventually("the connection is closed") { server.openConnectionCount == 0 }
    }
  }

  @Test func whileReceivingAndTheMemoryIsTheCallersAgain() async throws {
    let length = 2_000_000
    let piece = [UInt8](repeating: 1, count: 200)
    let mine = [UInt8](repeating: 7, count: length)
    try await withTransport { _ in
      let head = ScriptedResponse.head(200, headers: [("Content-Length", "\(length)")], bodyLength: nil)
      return ScriptedResponse([.send(head)] + (0..<10_000).flatMap { _ in [.pause(0.002), .send(piece)] })
    } test: { transport, server in
      for _ in 1...10 {
        let region = MemoryRegion(size: length)
        let request = HTTPRequest(method: .get, url: server.url("/key"), destination: .memory(region))
        let known = server.requests.count
        let task = Task { try await failureOrSuccess(of: request, on: transport) }
        try await eventually("the request arrives") { server.requests.count > known }
        task.cancel()
        let result = try await task.value
        // From here on nobody else may write: what is put there stays.
        region.bytes.copyBytes(from: mine)
        #expect(result?.kind == .cancelled)
        #expect(result.map { $0.bytesTransferred < Int64(length) } ?? false)
        try await eventually("the connection is closed") { server.openConnectionCount == 0 }
        #expect(memcmp(region.bytes.baseAddress!, mine, length) == 0)
      }
    }
  }

  /// Cancels at every stage that luck offers; each request must end, once, with a known outcome.
  @Test func atAnyTime() async throws {
    try await withTransport(CurlTransportConfiguration(loops: 2)) { _ in
      .answer(body: [UInt8](repeating: 1, count: 20_000))
    } test: { transport, server in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<400 {
          let task = Task {
            try await failureOrSuccess(
              of: HTTPRequest(
                method: .put, url: server.url("/key"), body: .bytes([UInt8](repeating: 2, count: number * 50))),
              on: transport)
          }
          group.addTask {
            // Not a wait for anything: this is the luck.
            try await Task.sleep(for: .microseconds(number * 7 % 1500))
            task.cancel()
            if let error = try await task.value { #expect(error.kind == .cancelled) }
          }
        }
        try await group.waitForAll()
      }
    }
  }

  @Test func shutdownEndsWhatIsInFlightAndRefusesWhatComes() async throws {
    try await withTransport(CurlTransportConfiguration(loops: 2)) { _ in
      .silence
    } test: { transport, server in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 {
          group.addTask {
            let error = try await failure(of: HTTPRequest(method: .get, url: server.url("/key")), on: transport)
            #expect(error.kind == .cancelled)
          }
        }
        try await eventually("the requests arrive") { server.requests.count == 4 }
        transport.shutdown()
        transport.shutdown()
        try await group.waitForAll()
      }
      let error = try await failure(of: HTTPRequest(method: .get, url: server.url("/key")), on: transport)
      #expect(error.kind == .cancelled)
      try await eventually("the connection is closed") { server.openConnectionCount == 0 }
    }
  }

  @Test func theLastReferenceClosesTheConnections() async throws {
    let server = try ScriptedHTTPServer { _ in .answer() }
    defer { server.stop() }
    try await expectSuccess(
      of: HTTPRequest(method: .get, url: server.url("/key")), on: CurlTransport(logger: silentLogger))
    try await eventually("the connection is closed") { server.openConnectionCount == 0 }
    #expect(server.connectionCount == 1)
  }

  private func expectPromptCancellation(
    of request: HTTPRequest, on transport: CurlTransport, after condition: () async throws -> Void
  ) async throws {
    var request = request
    request.stallTimeout = 3600
    let task = Task { [request] in try await failure(of: request, on: transport) }
    try await condition()
    task.cancel()
    let error = try await task.value
    #expect(error.kind == .cancelled)
  }

  private func failureOrSuccess(of request: HTTPRequest, on transport: CurlTransport) async throws -> TransportError? {
    do throws(TransportError) {
      let response = try await transport.perform(request)
      #expect(response.status == 200)
      return nil
    } catch { return error }
  }
}
