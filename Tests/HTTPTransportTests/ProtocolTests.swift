// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import TestSupport
import Testing

/// What goes over the wire, in the corners of HTTP/1.1.
@Suite struct ProtocolTests {
  @Test(arguments: [HTTPMethod.put, .post]) func anEmptyBodyIsAnnounced(method: HTTPMethod) async throws {
    try await withTransport { _ in
      .answer()
    } test: { transport, server in
      let response = try await transport.perform(HTTPRequest(method: method, url: server.url("/marker/")))

      #expect(response.status == 200)
      let request = try #require(server.requests.first)
      #expect(request.method == method.rawValue)
      #expect(request.headers.fields.map(\.name) == ["Host", "Content-Length"])
      #expect(request.headers["Content-Length"] == "0")
    }
  }

  @Test func deleteSendsNoBodyAndReceivesOne() async throws {
    try await withTransport { _ in
      .answer(body: Array("gone".utf8))
    } test: { transport, server in
      let response = try await transport.perform(HTTPRequest(method: .delete, url: server.url("/key")))

      #expect(response.body == Array("gone".utf8))
      let request = try #require(server.requests.first)
      #expect(request.method == "DELETE")
      #expect(request.headers.fields.map(\.name) == ["Host"])
    }
  }

  @Test func headHasALengthButNoBody() async throws {
    try await withTransport { _ in
      ScriptedResponse([.send(ScriptedResponse.head(200, headers: [("Content-Length", "8388608")], bodyLength: nil))])
    } test: { transport, server in
      for _ in 1...2 {
        let response = try await transport.perform(HTTPRequest(method: .head, url: server.url("/key")))
        #expect(response.headers["content-length"] == "8388608")
        #expect(response.bodyLength == 0)
      }
      #expect(server.requests.map(\.method) == ["HEAD", "HEAD"])
      #expect(server.connectionCount == 1)
    }
  }

  @Test(arguments: [204, 304]) func statusesWithoutABodyLeaveTheConnectionUsable(status: Int) async throws {
    try await withTransport { _ in
      .answer(status, headers: [("Content-Length", "10")])
    } test: { transport, server in
      for _ in 1...2 {
        let response = try await transport.perform(HTTPRequest(method: .get, url: server.url("/key")))
        #expect(response.status == status)
        #expect(response.body.isEmpty)
      }
      #expect(server.connectionCount == 1)
    }
  }

  @Test(arguments: [
    "/a/../b", "//a", "/a//b", "/./a/.", "/%2e%2e/%2F/%7Euser/%C3%A4?a=%2f&b", "/a?x=/../y", "/a;b=c/(d)'e",
  ])
  func thePathIsSentAsItIs(path: String) async throws {
    try await withTransport { _ in
      .answer()
    } test: { transport, server in
      _ = try await transport.perform(HTTPRequest(method: .get, url: server.url(path)))
      #expect(server.requests.map(\.target) == [path])
    }
  }

  @Test func whatIsStoredCompressedIsNotDecompressed() async throws {
    let body = Array("no gzip at all".utf8)
    try await withTransport { _ in
      .answer(headers: [("Content-Encoding", "gzip")], body: body)
    } test: {
      transport, server in
      let response = try await transport.perform(HTTPRequest(method: .get, url: server.url("/key")))
      #expect(response.body == body)
      #expect(response.headers["Content-Encoding"] == "gzip")
    }
  }

  @Test func redirectsAreAnswers() async throws {
    try await withTransport { request in
      request.target == "/key"
        ? .answer(307, headers: [("Location", "/elsewhere")], body: Array("moved".utf8)) : .answer()
    } test: { transport, server in
      let region = MemoryRegion(size: 1)
      let response = try await transport.perform(
        HTTPRequest(method: .get, url: server.url("/key"), destination: .memory(region)))
      #expect(response.status == 307)
      #expect(response.headers["Location"] == "/elsewhere")
      #expect(response.body == Array("moved".utf8))
      #expect(server.requests.count == 1)
    }
  }

  @Test func interimResponsesAndTrailersAreDropped() async throws {
    let text = """
      HTTP/1.1 100 Continue\r\nX-Interim: 1\r\n\r\n\
      HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n\
      HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Late\r\nX-Folded: a\r\n b\r\n\r\n\
      3\r\nabc\r\n4;ext=1\r\ndefg\r\n0\r\nX-Late: 1\r\nHTTP/9.9: 500\r\n\r\n
      """
    try await withTransport { _ in
      ScriptedResponse([.send(Array(text.utf8))])
    } test: { transport, server in
      let response = try await transport.perform(HTTPRequest(method: .get, url: server.url("/key")))
      #expect(response.status == 200)
      #expect(response.body == Array("abcdefg".utf8))
      #expect(response.headers.fields.map(\.name) == ["Transfer-Encoding", "Trailer", "X-Folded"])
      #expect(response.headers["X-Folded"] == "a b")
    }
  }

  @Test func anErrorsBodyIsCollectedToALimitAndNotPutInTheDestination() async throws {
    let target = try temporaryFile(containing: [7])
    try await withTransport { request in
      .answer(503, body: [UInt8](repeating: 65, count: request.target == "/small" ? 100 : 5_000_000))
    } test: { transport, server in
      for (path, length) in [("/small", 100), ("/large", 1_048_576)] {
        let response = try await transport.perform(
          HTTPRequest(
            method: .get, url: server.url(path),
            destination: .file(FileRegion(file: target, offset: 0, length: 1 << 30))))
        #expect(response.status == 503)
        #expect(response.body == [UInt8](repeating: 65, count: length))
      }
      #expect(contents(of: target) == [7])
    }
  }

  @Test func aBodyIsSentAtOnceAndARefusalIsSeenWhileSending() async throws {
    let server = try ScriptedHTTPServer(bodyReading: { _ in .first(1000) }) { _ in
      .answer(403, body: Array("no".utf8)).then(.stall)
    }
    try await withTransport(server: server) { transport, server in
      let body = try temporaryFile(ofLength: 64 << 20)
      let response = try await transport.perform(
        HTTPRequest(
          method: .put, url: server.url("/key"),
          body: .file(FileRegion(file: body, offset: 0, length: 64 << 20))))
      #expect(response.status == 403)
      #expect(response.body == Array("no".utf8))
      let request = try #require(server.requests.first)
      #expect(request.headers["Expect"] == nil)
    }
  }

  /// A success that comes before the body has left is none: the store cannot have it all.
  @Test func anEarlySuccessIsNotBelieved() async throws {
    let server = try ScriptedHTTPServer(bodyReading: { _ in .first(1000) }) { _ in .answer(200) }
    try await withTransport(server: server) { transport, server in
      let body = try temporaryFile(ofLength: 64 << 20)
      let error = try await failure(
        of: HTTPRequest(
          method: .put, url: server.url("/key"),
          body: .file(FileRegion(file: body, offset: 0, length: 64 << 20))), on: transport)
      #expect(error.kind == .connectionLost)
    }
  }

  @Test func theCallersHostIsTheOnlyOne() async throws {
    try await withTransport { _ in
      .answer()
    } test: { transport, server in
      let headers = HTTPHeaders([(name: "host", value: "bucket.example")])
      _ = try await transport.perform(HTTPRequest(method: .get, url: server.url("/key"), headers: headers))
      let request = try #require(server.requests.first)
      #expect(request.headers.fields.map { $0.name.lowercased() } == ["host"])
      #expect(request.headers["Host"] == "bucket.example")
    }
  }

  @Test func onlyAConfiguredProxyIsUsed() async throws {
    try await withTransport { _ in
      .answer()
    } test: { transport, server in
      #expect(getenv("http_proxy") != nil)
      try await expectSuccess(of: HTTPRequest(method: .get, url: server.url("/direct")), on: transport)

      let proxied = CurlTransport(
        configuration: CurlTransportConfiguration(proxy: "http://127.0.0.1:\(server.port)"), logger: silentLogger)
      defer { proxied.shutdown() }
      _ = try await proxied.perform(HTTPRequest(method: .get, url: "http://bucket.invalid/key"))
      #expect(server.requests.map(\.target) == ["/direct", "http://bucket.invalid/key"])
    }
  }

  @Test func progressOfTheBodyOnlyGrowsAndEndsWithItsLength() async throws {
    let reports = Reports()
    try await withTransport { _ in
      .answer()
    } test: { transport, server in
      _ = try await transport.perform(
        HTTPRequest(
          method: .put, url: server.url("/key"), body: .bytes(Noise.bytes(2_500_000)),
          onBodySent: { reports.add($0) }))
      #expect(reports.all == reports.all.sorted())
      #expect(Set(reports.all).count == reports.all.count)
      #expect(reports.all.last == 2_500_000)
    }
  }
}
