// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import TestSupport
import Testing

@Suite struct TLSTests {
  @Test func aStrangersCertificateIsRefusedUnlessItsAuthorityIsTrusted() async throws {
    let bytes = Noise.bytes(1_000_000)
    let server = try ScriptedHTTPServer { request in .answer(body: request.body) }
    let front = try LoopbackTLSFront(target: server.port)
    defer { front.stop() }
    let url = "https://127.0.0.1:\(front.port)/key?X-Amz-Signature=secret"

    try await withTransport(server: server) { stranger, server in
      let error = try await failure(of: HTTPRequest(method: .get, url: url), on: stranger)
      #expect(error.kind == .tls)
      #expect(error.message.contains("certificate"))
      #expect(!error.message.contains("secret"))
      #expect(server.requests.isEmpty)

      let trusting = CurlTransport(
        configuration: CurlTransportConfiguration(caFile: front.certificateFile), logger: silentLogger)
      defer { trusting.shutdown() }
      for _ in 1...2 {
        let response = try await trusting.perform(
          HTTPRequest(method: .put, url: url, body: .bytes(bytes), destination: .collect(limit: bytes.count)))
        #expect(response.status == 200)
        #expect(response.body == bytes)
      }
      #expect(server.requests.map(\.ordinal) == [1, 2])

      // The certificate is for the address, not for this name of it.
      let wrongName = HTTPRequest(method: .get, url: "https://localhost:\(front.port)/")
      let refused = try await failure(of: wrongName, on: trusting)
      #expect(refused.kind == .tls)
      #expect(server.requests.count == 2)
    }
  }

  @Test func aMissingAuthorityFileIsNoReasonToTrustEverybody() async throws {
    let server = try ScriptedHTTPServer { _ in .answer() }
    let front = try LoopbackTLSFront(target: server.port)
    defer { front.stop() }
    let configuration = CurlTransportConfiguration(caFile: "/nonexistent/ca.pem")
    try await withTransport(configuration, server: server) { transport, server in
      let error = try await failure(
        of: HTTPRequest(method: .get, url: "https://127.0.0.1:\(front.port)/"), on: transport)
      #expect(error.kind == .tls)
      #expect(error.message.contains("/nonexistent/ca.pem"))
      #expect(server.requests.isEmpty)
    }
  }

  /// Overload looks like this, and passes.
  @Test func aHandshakeThatIsCutShortMayBeTriedAgain() async throws {
    let (listener, port) = try LoopbackSocket.listen()
    DetachedThread.start {
      let socket = accept(listener, nil, nil)
      _ = LoopbackSocket.receive(from: socket, atMost: 100_000)
      close(socket)
      close(listener)
    }
    let transport = CurlTransport(logger: silentLogger)
    defer { transport.shutdown() }
    let error = try await failure(of: HTTPRequest(method: .get, url: "https://127.0.0.1:\(port)/"), on: transport)
    #expect(error.kind == .cannotConnect)
    #expect(error.isTransient)
  }

  @Test func aServerWithoutTLS() async throws {
    try await withTransport { _ in
      .answer()
    } test: { transport, server in
      let error = try await failure(
        of: HTTPRequest(method: .get, url: "https://127.0.0.1:\(server.port)/", totalTimeout: 2), on: transport)
      // The scripted server waits for the end of a request line, which a handshake has not.
      #expect(error.kind == .timedOut)
      #expect(server.requests.isEmpty)
    }
  }
}
