// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import TestSupport
import Testing

@Suite struct RoundTripTests {
  @Test func collectsABodyAndBothSidesSeeTheHeaders() async throws {
    try await withTransport { _ in
      .answer(headers: [("ETag", " \"abc\"\t"), ("x-amz-meta-Empty", "")], body: Array("hello".utf8))
    } test: { transport, server in
      let headers = HTTPHeaders([(name: "X-Amz-Date", value: "20260101T000000Z"), (name: "x-empty", value: "")])
      let response = try await transport.perform(
        HTTPRequest(method: .get, url: server.url("/key?q=1&signature=x%2Fy"), headers: headers))

      #expect(response.status == 200)
      #expect(response.body == Array("hello".utf8))
      #expect(response.bodyLength == 5)
      #expect(response.headers["etag"] == "\"abc\"")
      #expect(response.headers["X-Amz-Meta-empty"] == "")
      let request = try #require(server.requests.first)
      #expect(request.method == "GET")
      #expect(request.target == "/key?q=1&signature=x%2Fy")
      #expect(request.headers.fields.map(\.name) == ["Host", "X-Amz-Date", "x-empty"])
      #expect(request.headers["Host"] == "127.0.0.1:\(server.port)")
      #expect(request.headers["x-empty"] == "")
    }
  }

  @Test(arguments: [HTTPMethod.put, .post, .delete]) func sendsBytes(method: HTTPMethod) async throws {
    try await withTransport { request in
      .answer(body: request.body)
    } test: { transport, server in
      let response = try await transport.perform(
        HTTPRequest(method: method, url: server.url("/key"), body: .bytes(Array("some bytes".utf8))))

      #expect(String(decoding: response.body, as: UTF8.self) == "some bytes")
      let request = try #require(server.requests.first)
      #expect(request.method == method.rawValue)
      #expect(request.headers.fields.map(\.name) == ["Host", "Content-Length"])
      #expect(request.headers["Content-Length"] == "10")
    }
  }

  @Test func movesAFileBothWaysByteForByte() async throws {
    let bytes = Noise.bytes(2_500_017)
    try await withTransport { request in
      .answer(body: request.body)
    } test: { transport, server in
      let source = try temporaryFile(containing: [1, 2, 3] + bytes + [4])
      let target = try temporaryFile(containing: [9, 9])
      let response = try await transport.perform(
        HTTPRequest(
          method: .put, url: server.url("/key"),
          body: .file(FileRegion(file: source, offset: 3, length: Int64(bytes.count))),
          destination: .file(FileRegion(file: target, offset: 1, length: 3_000_000))))

      #expect(response.body.isEmpty)
      #expect(response.bodyLength == Int64(bytes.count))
      #expect(try #require(server.requests.first).body == bytes)
      #expect(contents(of: target) == [9] + bytes)
    }
  }

  @Test func fillsMemory() async throws {
    let bytes = Noise.bytes(1_000_003)
    let region = MemoryRegion(size: bytes.count)
    try await withTransport { _ in
      .answer(206, body: bytes)
    } test: { transport, server in
      let response = try await transport.perform(
        HTTPRequest(method: .get, url: server.url("/key"), destination: .memory(region)))

      #expect(response.status == 206)
      #expect(response.bodyLength == 1_000_003)
      #expect(region.bytes.elementsEqual(bytes))
    }
  }

  @Test func fillsAStretchOfMemory() async throws {
    let bytes = Noise.bytes(1_000)
    let whole = MemoryRegion(size: 3_000)
    whole.bytes.initializeMemory(as: UInt8.self, repeating: 0xEE)
    try await withTransport { _ in
      .answer(206, body: bytes)
    } test: { transport, server in
      _ = try await transport.perform(
        HTTPRequest(method: .get, url: server.url("/key"), destination: .memory(MemoryRegion(1_000..<2_000, of: whole)))
      )
    }
    #expect(whole.bytes[1_000..<2_000].elementsEqual(bytes))
    for outside in [whole.bytes[..<1_000], whole.bytes[2_000...]] { #expect(outside.allSatisfy { $0 == 0xEE }) }
  }

  @Test func tellsWhatHasCome() async throws {
    let bytes = Noise.bytes(30_000)
    let reports = Reports()
    try await withTransport { request in
      request.target == "/missing" ? .answer(404, body: bytes) : .drip(bytes, pieceSize: 10_000, pause: 0.05)
    } test: { transport, server in
      for target in ["/key", "/missing"] {
        _ = try await transport.perform(
          HTTPRequest(
            method: .get, url: server.url(target), destination: .collect(limit: 30_000),
            onBodyReceived: { reports.add($0) }))
      }
    }
    // Not for the error.
    #expect(reports.all == reports.all.sorted() && reports.all.count >= 3 && reports.all.last == 30_000)
  }
}
