// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import Logging
import TestSupport
import Testing

@Suite struct LoggingTests {
  @Test func eachRequestIsOneDebugLineWithoutTheQuery() async throws {
    let server = try ScriptedHTTPServer { $0.target.hasPrefix("/lost") ? .hangUp : .answer(404) }
    defer { server.stop() }
    let lines = Lines()
    let transport = CurlTransport(logger: Logger(label: "test") { _ in lines.handler })
    defer { transport.shutdown() }
    let path = "/a/key?X-Amz-Signature=secret"
    _ = try await transport.perform(HTTPRequest(method: .get, url: server.url(path)))
    _ = try await failure(of: HTTPRequest(method: .put, url: server.url("/lost?secret")), on: transport)

    #expect(lines.all.map(\.level) == [.debug, .debug])
    let metadata = lines.all.map { $0.metadata ?? [:] }
    #expect(metadata.map { $0["method"] } == ["GET", "PUT"])
    #expect(metadata.map { $0["host"] } == ["127.0.0.1:\(server.port)", "127.0.0.1:\(server.port)"])
    #expect(metadata.map { $0["path"] } == ["/a/key", "/lost"])
    #expect(metadata.first?["status"] == "404")
    #expect(metadata.allSatisfy { !"\($0)".contains("secret") })
  }
}

/// Log events in the order in which they came.
private final class Lines: Sendable {
  private let events = Lock([LogEvent]())

  var all: [LogEvent] { events.withLock { $0 } }
  var handler: some LogHandler { Handler(lines: self) }

  private struct Handler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { lines.events.withLock { $0.append(event) } }
  }
}
