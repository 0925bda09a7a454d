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

/// A file without a name, gone with its descriptor.
func temporaryFile(containing bytes: [UInt8]) throws -> FileDescriptor {
  let file = FileDescriptor(owning: try TemporaryFile.open())
  let written = bytes.withUnsafeBytes { pwrite(file.rawValue, $0.baseAddress, $0.count, 0) }
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
