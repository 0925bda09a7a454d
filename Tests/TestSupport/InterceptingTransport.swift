// SPDX-License-Identifier: Apache-2.0
//
// A transport that shows every request to a test, which may answer it, spoil it, hold it up or pass it on.
//
// For: faults between a client and a real server. State: what the test wants done, and what was asked and answered; behind one
// lock. Any task may call.

package import HTTPTransport
import Locking

package final class InterceptingTransport: HTTPTransport {
  /// Answers a request; `next` is the real transport.
  package typealias Handler =
    @Sendable (HTTPRequest, _ next: any HTTPTransport) async throws(TransportError) -> HTTPResponse

  private struct State {
    var handler: Handler = { (request, next) async throws(TransportError) in try await next.perform(request) }
    var requests: [HTTPRequest] = []
    var receivedBytes: Int64 = 0
    var sentBytes: Int64 = 0
  }

  private let inner: any HTTPTransport
  private let state = Lock(State())

  package init(_ inner: any HTTPTransport) { self.inner = inner }

  /// From now on requests are answered by `handler`.
  package func set(_ handler: @escaping Handler) { state.withLock { $0.handler = handler } }

  /// From now on requests of this method wait at the gate before they are passed on.
  package func hold(_ method: HTTPMethod, at gate: Gate) {
    set { (request, next) async throws(TransportError) in
      if request.method == method { await gate.pass() }
      return try await next.perform(request)
    }
  }

  /// Forgets what was counted.
  package func reset() {
    state.withLock { state in
      (state.requests, state.receivedBytes, state.sentBytes) = ([], 0, 0)
    }
  }

  /// In the order in which they were asked.
  package var requests: [HTTPRequest] { state.withLock { $0.requests } }

  /// Bytes of all bodies that were answered, in successes of GET.
  package var receivedBytes: Int64 { state.withLock { $0.receivedBytes } }

  /// Bytes of all bodies that were sent, with success, by PUT.
  package var sentBytes: Int64 { state.withLock { $0.sentBytes } }

  package func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let handler = state.withLock { state in
      state.requests.append(request)
      return state.handler
    }
    let response = try await handler(request, inner)
    state.withLock { state in
      guard (200..<300).contains(response.status) else { return }
      if request.method == .get { state.receivedBytes += response.bodyLength }
      if request.method == .put { state.sentBytes += request.body.length }
    }
    return response
  }
}
