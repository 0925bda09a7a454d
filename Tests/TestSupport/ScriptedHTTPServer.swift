// SPDX-License-Identifier: Apache-2.0
//
// A small HTTP/1.1 server that behaves as badly as a test wants.
//
// For: tests of everything above the network, against a real socket on 127.0.0.1. State: the listening socket and the
// open connections, one thread each; what was received, for the test to look at. Who may call: any thread or task.
// What can go wrong: it is a test tool: it trusts its clients to be few, and reads a body into memory.
//
//     let server = try ScriptedHTTPServer { request in
//       request.ordinal == 1 ? .answer(503) : .answer(body: Array("hello".utf8))
//     }
//     defer { server.stop() }
//     // ... GET server.url("/key") ...
//     #expect(server.requests.map(\.method) == ["GET"])

import Glibc
import Locking

package final class ScriptedHTTPServer: Sendable {
  /// Decides the response once the request has arrived; runs on the connection's thread, and may block.
  package typealias Script = @Sendable (ScriptedRequest) -> ScriptedResponse

  struct State {
    var connections: [Int: Int32] = [:]
    var accepted = 0
    var requests: [ScriptedRequest] = []
    var isStopped = false
    var threads = 0
  }

  package let port: Int
  let state = Lock(State())
  let script: Script
  let bodyReading: @Sendable (ScriptedRequest) -> ScriptedBodyReading
  private let listener: Int32

  /// Listens at once, on a free port.
  ///
  /// - Parameters: - receiveBuffer: bytes of the kernel's buffer for each connection; small ones make a client that
  ///   sends block early.
  ///   - bodyReading: how much of a request's body is read before `script` runs; the request it gets has no body yet.
  package init(
    receiveBuffer: Int32? = nil,
    bodyReading: @escaping @Sendable (ScriptedRequest) -> ScriptedBodyReading = { _ in .whole },
    script: @escaping Script
  ) throws {
    (listener, port) = try LoopbackSocket.listen(receiveBuffer: receiveBuffer)
    self.bodyReading = bodyReading
    self.script = script
    spawn { server in server.accept() }
  }

  /// The URL of a path (with query) on this server.
  package func url(_ path: String) -> String { "http://127.0.0.1:\(port)\(path)" }

  /// Whole requests in the order in which they were received.
  package var requests: [ScriptedRequest] { state.withLock { $0.requests } }

  /// How many connections were ever accepted.
  package var connectionCount: Int { state.withLock { $0.accepted } }

  /// How many connections are open.
  package var openConnectionCount: Int { state.withLock { $0.connections.count } }

  /// Ends all connections and threads; returns when they are gone. May be called again.
  package func stop() {
    let isFirst = state.withLockAndNotify { state in
      defer { state.isStopped = true }
      for socket in state.connections.values { shutdown(socket, Int32(SHUT_RDWR)) }
      return !state.isStopped
    }
    if isFirst { shutdown(listener, Int32(SHUT_RDWR)) }
    state.wait { $0.threads == 0 ? () : nil }
    if isFirst { close(listener) }
  }

  private func accept() {
    while true {
      let socket = Glibc.accept(listener, nil, nil)
      if socket < 0 {
        if errno == EINTR || errno == ECONNABORTED { continue }
        return
      }
      let number = state.withLock { state -> Int? in
        if state.isStopped { return nil }
        state.accepted += 1
        state.connections[state.accepted] = socket
        return state.accepted
      }
      guard let number else {
        close(socket)
        return
      }
      spawn { server in
        ScriptedConnection(server: server, socket: socket, number: number).serve()
        // The descriptor may be used again as soon as it is closed: out of the list first.
        server.state.withLock { _ = $0.connections.removeValue(forKey: number) }
        close(socket)
      }
    }
  }

  private func spawn(_ body: @escaping @Sendable (ScriptedHTTPServer) -> Void) {
    state.withLock { $0.threads += 1 }
    DetachedThread.start { [self] in
      body(self)
      state.withLockAndNotify { $0.threads -= 1 }
    }
  }
}
