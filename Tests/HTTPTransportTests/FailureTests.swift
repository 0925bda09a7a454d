// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import TestSupport
import Testing

/// What a caller learns of a request that got no complete answer. Every URL has a secret that no message may show.
@Suite struct FailureTests {
  private static let path = "/key?X-Amz-Signature=secret"

  @Test func anUnknownHost() async throws {
    try await expectFailure(.unresolvedHost, naming: "pail.invalid", bytes: 0, url: "http://pail.invalid" + Self.path)
  }

  @Test func aRefusedConnection() async throws {
    let (socket, port) = try LoopbackSocket.listen()
    close(socket)
    let message = try await expectFailure(
      .cannotConnect, naming: "127.0.0.1:\(port)", bytes: 0, url: "http://127.0.0.1:\(port)\(Self.path)")
    #expect(message == "cannot connect to 127.0.0.1:\(port): Connection refused")
  }

  @Test func noConnectionWithinTheConnectTimeout() async throws {
    let port = try BlackHole()
    defer { port.close() }
    let started = ContinuousClock.now
    try await expectFailure(
      .cannotConnect, naming: "127.0.0.1:\(port.port)", bytes: 0, url: "http://127.0.0.1:\(port.port)\(Self.path)",
      configuration: CurlTransportConfiguration(connectTimeout: 0.3))
    #expect(started.duration(to: .now) > .milliseconds(290))
  }

  @Test(arguments: [ScriptedResponse.Step.close, .reset]) func aBodyThatEndsEarly(step: ScriptedResponse.Step)
    async throws
  {
    let server = try ScriptedHTTPServer { _ in
      // The reset overtakes what was sent before, unless that was read already.
      ScriptedResponse.truncated([UInt8](repeating: 1, count: 2000), after: 1000, then: .pause(2)).then(step)
    }
    defer { server.stop() }
    try await expectFailure(.connectionLost, naming: "127.0.0.1", bytes: 1000, url: server.url(Self.path))
  }

  @Test func aChunkedBodyThatEndsEarly() async throws {
    let text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n5\r\nab"
    let server = try ScriptedHTTPServer { _ in ScriptedResponse([.send(Array(text.utf8)), .close]) }
    defer { server.stop() }
    try await expectFailure(.connectionLost, naming: "127.0.0.1", bytes: 7, url: server.url(Self.path))
  }

  @Test func noAnswerInHTTP() async throws {
    let server = try ScriptedHTTPServer { _ in ScriptedResponse([.send(Array("SSH-2.0-x\r\n\r\n".utf8)), .close]) }
    defer { server.stop() }
    try await expectFailure(.other, naming: "127.0.0.1", bytes: 0, url: server.url(Self.path))
  }

  @Test func aBodyLargerThanItsDestination() async throws {
    let file = try temporaryFile(containing: [])
    let destinations: [ResponseDestination] = [
      .collect(limit: 999), .memory(MemoryRegion(size: 999)), .file(FileRegion(file: file, offset: 0, length: 999)),
    ]
    try await withTransport { _ in
      .answer(body: [UInt8](repeating: 1, count: 1000))
    } test: { transport, server in
      for destination in destinations {
        let error = try await failure(
          of: HTTPRequest(method: .get, url: server.url(Self.path), destination: destination), on: transport)
        #expect(error.kind == .tooLarge)
        #expect(!error.message.contains("secret"))
      }
      #expect(contents(of: file).isEmpty)
    }
  }

  @Test(arguments: ["one large field", "many fields", "endless interim responses"])
  func headerFieldsWithoutEnd(form: String) async throws {
    let head: String
    switch form {
    case "one large field":
      head = "HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 70_000))\r\n\r\n"
    case "many fields":
      head = "HTTP/1.1 200 OK\r\n" + String(repeating: "X: 1\r\n", count: 600) + "\r\n"
    default:
      head = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 3000)
    }
    let server = try ScriptedHTTPServer { _ in ScriptedResponse([.send(Array(head.utf8)), .stall]) }
    defer { server.stop() }
    try await expectFailure(.tooLarge, naming: "header", bytes: 0, url: server.url(Self.path))
  }

  @Test func aFileShorterThanAnnounced() async throws {
    try await withTransport { _ in
      .answer()
    } test: { transport, server in
      let file = try temporaryFile(containing: [UInt8](repeating: 1, count: 1000))
      let body = RequestBody.file(FileRegion(file: file, offset: 0, length: 1001))
      let error = try await failure(
        of: HTTPRequest(method: .put, url: server.url(Self.path), body: body), on: transport)
      #expect(error.kind == .localFile)
      #expect(error.message == "the file to send is shorter than announced")
      #expect(server.requests.isEmpty)
    }
  }

  @Test func filesThatCannotBeReadOrWritten() async throws {
    try await withTransport { _ in
      .answer(body: [1, 2, 3])
    } test: { transport, server in
      func expect(
        _ kind: TransportError.Kind, _ message: String, _ method: HTTPMethod, _ path: String, _ flags: Int32
      ) async throws {
        let region = FileRegion(file: FileDescriptor(owning: open(path, flags | O_CLOEXEC)), offset: 0, length: 3)
        let request =
          method == .put
          ? HTTPRequest(method: .put, url: server.url(Self.path), body: .file(region))
          : HTTPRequest(method: .get, url: server.url(Self.path), destination: .file(region))
        let error = try await failure(of: request, on: transport)
        #expect(error.kind == kind && error.message == message)
      }
      try await expect(
        .localFile, "the file to send could not be read: Bad file descriptor", .put, "/dev/null", O_WRONLY)
      try await expect(
        .localFile, "the response could not be written: Bad file descriptor", .get, "/dev/null", O_RDONLY)
      try await expect(
        .localDiskFull, "the response could not be written: No space left on device", .get, "/dev/full", O_WRONLY)
    }
  }

  @Test(arguments: [
    "", "127.0.0.1/key", "ftp://127.0.0.1/key", "file:///etc/passwd", "http://", "http:///key", "http://u:p@127.0.0.1/",
    "http://127.0.0.1/a b", "http://127.0.0.1/a#b", "http://127.0.0.1/ä", "http://127.0.0.1/\r\nX: 1",
    "http://127.0.0.1:99999/", "http://[::1/",
  ])
  func malformedURLs(url: String) async throws {
    let transport = CurlTransport(logger: silentLogger)
    defer { transport.shutdown() }
    let error = try await failure(of: HTTPRequest(method: .get, url: url), on: transport)
    #expect(error.kind == .invalidRequest)
  }

  @Test(arguments: [("X-A", "1\r\nX-B: 2"), ("X-A", "1\n"), ("X-A", "\u{0}"), ("X A", "1"), ("", "1"), ("X:", "1")])
  func fieldsThatWouldSmuggleOthersIn(name: String, value: String) async throws {
    try await withTransport { _ in
      .answer()
    } test: { transport, server in
      let request = HTTPRequest(
        method: .get, url: server.url("/"), headers: HTTPHeaders([(name: name, value: value)]))
      let error = try await failure(of: request, on: transport)
      #expect(error.kind == .invalidRequest)
      #expect(server.connectionCount == 0)
    }
  }

  @Test(arguments: [HTTPMethod.get, .head]) func aBodyWhereNoneBelongs(method: HTTPMethod) async throws {
    let transport = CurlTransport(logger: silentLogger)
    defer { transport.shutdown() }
    let error = try await failure(
      of: HTTPRequest(method: method, url: "http://127.0.0.1/", body: .bytes([1])), on: transport)
    #expect(error.kind == .invalidRequest)
  }

  @discardableResult private func expectFailure(
    _ kind: TransportError.Kind, naming name: String, bytes: Int64, url: String,
    configuration: CurlTransportConfiguration = CurlTransportConfiguration()
  ) async throws -> String {
    hostileEnvironment
    let transport = CurlTransport(configuration: configuration, logger: silentLogger)
    defer { transport.shutdown() }
    let error = try await failure(of: HTTPRequest(method: .get, url: url), on: transport)
    #expect(error.kind == kind)
    #expect(error.message.contains(name))
    #expect(!error.message.contains("secret"))
    #expect(!error.message.contains("\n"))
    #expect(error.bytesTransferred == bytes)
    return error.message
  }
}
