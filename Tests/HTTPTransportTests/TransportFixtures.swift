// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Logging
import TestSupport
import Testing

/// A logger that says nothing.
let silentLogger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

/// Proxy settings that would break every request here, set before the first transport is made: none may look at them.
let hostileEnvironment: Void = {
  for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
    setenv(name, "http://127.0.0.1:1", 1)
  }
}()

/// Runs `test` with a transport and a server, and ends both after it.
func withTransport(
  _ configuration: CurlTransportConfiguration = CurlTransportConfiguration(),
  script: @escaping ScriptedHTTPServer.Script,
  test: (CurlTransport, ScriptedHTTPServer) async throws -> Void
) async throws {
  try await withTransport(configuration, server: ScriptedHTTPServer(script: script), test: test)
}

func withTransport(
  _ configuration: CurlTransportConfiguration = CurlTransportConfiguration(), server: ScriptedHTTPServer,
  test: (CurlTransport, ScriptedHTTPServer) async throws -> Void
) async throws {
  hostileEnvironment
  let transport = CurlTransport(configuration: configuration, logger: silentLogger)
  defer {
    transport.shutdown()
    server.stop()
  }
  try await test(transport, server)
}

/// Bytes without a short period, so that a piece in the wrong place shows.
func patternBytes(_ count: Int) -> [UInt8] {
  var state: UInt64 = 0x9e37_79b9_7f4a_7c15
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return UInt8(truncatingIfNeeded: state >> 56)
  }
}

/// A file without a name, gone with its descriptor.
func temporaryFile(containing bytes: [UInt8]) throws -> FileDescriptor {
  var template = Array("/tmp/pail-transport-XXXXXX".utf8CString)
  let descriptor = mkstemp(&template)
  try #require(descriptor >= 0)
  unlink(template)
  let file = FileDescriptor(owning: descriptor)
  let written = bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
  try #require(written == bytes.count)
  return file
}

/// A file of that many zero bytes, which take no room.
func temporaryFile(ofLength length: Int64) throws -> FileDescriptor {
  let file = try temporaryFile(containing: [])
  try #require(ftruncate(file.rawValue, off_t(length)) == 0)
  return file
}

func contents(of file: FileDescriptor) -> [UInt8] {
  let size = Int(lseek(file.rawValue, 0, SEEK_END))
  return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    count = pread(file.rawValue, buffer.baseAddress, size, 0)
  }
}

/// Performs a request that must be answered with 200.
func expectSuccess(of request: HTTPRequest, on transport: CurlTransport) async throws {
  let response = try await transport.perform(request)
  #expect(response.status == 200)
}

/// Performs a request that must fail, and returns how.
func failure(of request: HTTPRequest, on transport: CurlTransport) async throws -> TransportError {
  do throws(TransportError) {
    let response = try await transport.perform(request)
    Issue.record("answered with \(response.status)")
    throw TransportError(.other, "no failure")
  } catch { return error }
}

/// Waits until the condition holds; fails the test after `seconds`.
func eventually(within seconds: Double = 10, _ condition: () -> Bool) async throws {
  let end = ContinuousClock.now + .seconds(seconds)
  while !condition() {
    try #require(ContinuousClock.now < end, "the condition never held")
    try await Task.sleep(for: .milliseconds(2))
  }
}
