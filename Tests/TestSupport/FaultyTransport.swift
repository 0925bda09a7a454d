// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
import Locking

/// Passes requests on, unless the test wants something to go wrong with them.
package final class FaultyTransport: HTTPTransport {
  package enum Fault: Sendable {
    /// Nothing goes wrong.
    case none
    /// No connection: the server hears nothing.
    case refuse
    /// The server does what it is asked, and its answer is lost.
    case loseAnswer
    /// The connection breaks after so many bytes of the body; the server does nothing.
    case dropAfter(Int64)
    /// No byte moves until the request's stall timeout.
    case stall
    /// The server hears nothing, and this is the answer.
    case answer(Int, body: String)
    /// The server does what it is asked, and says this about it.
    case rewrite(@Sendable (inout HTTPResponse) -> Void)
    /// Waits until ``open()``, then passes.
    case hold
  }

  /// What is going to happen to a request, and how many like it there were before.
  package struct Sent: Sendable {
    package let request: HTTPRequest
    /// "PUT part", "POST uploads", …: the method and what makes it special.
    package let kind: String
    /// From 1, for each kind.
    package let ordinal: Int
  }

  private struct State {
    var rule: @Sendable (Sent) -> Fault = { _ in .none }
    var counts: [String: Int] = [:]
    var bytes: [String: Int64] = [:]
    var waiting: [CheckedContinuation<Void, Never>] = []
    var held = 0
  }

  private let inner: any HTTPTransport
  private let state = Lock(State())

  package init(_ inner: any HTTPTransport) { self.inner = inner }

  /// From now on requests are treated as `rule` says, and counted anew.
  package func set(_ rule: @escaping @Sendable (Sent) -> Fault) {
    state.withLock { ($0.rule, $0.counts, $0.bytes) = (rule, [:], [:]) }
  }

  /// Requests of a kind since the last ``set(_:)``.
  package func count(_ kind: String) -> Int { state.withLock { $0.counts[kind] ?? 0 } }

  /// Bytes of their bodies.
  package func bytes(_ kind: String) -> Int64 { state.withLock { $0.bytes[kind] ?? 0 } }

  /// Lets everything pass, what waits included.
  package func open() {
    let waiting = state.withLockAndNotify { state in
      state.rule = { _ in .none }
      defer { state.waiting = [] }
      return state.waiting
    }
    waiting.forEach { $0.resume() }
  }

  /// Blocks until `count` requests have come to be held. False after a minute.
  package func waitUntilHeld(_ count: Int) -> Bool { state.wait(timeout: 60) { $0.held >= count ? () : nil } != nil }

  package func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    let kind = FaultyTransport.kind(request)
    let (sent, rule) = state.withLock { state in
      state.counts[kind, default: 0] += 1
      state.bytes[kind, default: 0] += request.body.length
      return (Sent(request: request, kind: kind, ordinal: state.counts[kind] ?? 0), state.rule)
    }
    switch rule(sent) {
    case .none: return try await inner.perform(request)
    case .refuse: throw TransportError(.cannotConnect, "refused by the test")
    case .loseAnswer:
      _ = try await inner.perform(request)
      throw TransportError(.connectionLost, "lost by the test", bytesTransferred: request.body.length)
    case .dropAfter(let count):
      request.onBodySent?(count)
      throw TransportError(.connectionLost, "dropped by the test", bytesTransferred: count)
    case .stall:
      throw TransportError(.stalled, "stalled by the test")
    case .answer(let status, let body):
      return HTTPResponse(
        status: status, headers: HTTPHeaders([("Content-Type", "application/xml")]), body: Array(body.utf8))
    case .rewrite(let change):
      var response = try await inner.perform(request)
      change(&response)
      return response
    case .hold:
      await withCheckedContinuation { continuation in
        state.withLockAndNotify { state in
          state.held += 1
          state.waiting.append(continuation)
        }
      }
      return try await inner.perform(request)
    }
  }

  /// An S3 error document.
  package static func error(_ code: String) -> String {
    "<?xml version=\"1.0\"?><Error><Code>\(code)</Code><Message>said by the test</Message></Error>"
  }

  private static func kind(_ request: HTTPRequest) -> String {
    let query = request.url.split(separator: "?", maxSplits: 1).dropFirst().first ?? ""
    let names = query.split(separator: "&").map { $0.split(separator: "=").first ?? "" }
    let special: String? =
      if names.contains("partNumber") { "part" } else if names.contains("uploads") {
        "uploads"
      } else if names.contains(
        "uploadId")
      { "upload" } else if names.contains("list-type") { "list" } else { nil }
    return request.method.rawValue + (special.map { " \($0)" } ?? "")
  }
}
