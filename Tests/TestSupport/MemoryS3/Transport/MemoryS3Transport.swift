// SPDX-License-Identifier: Apache-2.0
//
// A connection to a bucket in memory, where a client expects a network.
//
// For: tests that run ten thousand sequences of operations in seconds. The rules are in MemoryBucket; here are the lock around
// it, the faults, and the bytes that go in and out as `HTTPTransport` promises it.
// State: the bucket and the counts of requests, shared with the connections made by `reconnected()`, and for each connection
// its rule of faults and whether it has crashed; all behind one lock, which is not held while bytes are moved or a rule
// is asked. Any task may call, and nothing suspends: an answer is there when the call returns.
// What can go wrong: what the test orders. A crash is decided behind the lock: when `crash()` has returned, no request of
// this connection can change the bucket, not even one that is under way.

package import HTTPTransport
import Locking

package final class MemoryS3Transport: HTTPTransport {
  package typealias Rule = @Sendable (MemorySent) -> MemoryFault

  struct State {
    var bucket: MemoryBucket
    var counts: [MemoryOperation: Int] = [:]
    var total = 0
    /// By connection; none for those without faults.
    var rules: [Int: Rule] = [:]
    var crashed: Set<Int> = []
    var connections = 1
  }

  let state: Lock<State>
  let connection: Int
  private let bucketName: String

  package init(_ bucket: MemoryBucket) {
    state = Lock(State(bucket: bucket))
    connection = 0
    bucketName = bucket.name
  }

  private init(state: Lock<State>, connection: Int, bucketName: String) {
    self.state = state
    self.connection = connection
    self.bucketName = bucketName
  }

  /// Another connection to the same bucket, without faults: for the client that comes after a crash.
  package func reconnected() -> MemoryS3Transport {
    let connection = state.withLock { state in
      defer { state.connections += 1 }
      return state.connections
    }
    return MemoryS3Transport(state: state, connection: connection, bucketName: bucketName)
  }

  /// From now on requests of this connection are treated as `rule` says; nil lets them pass.
  package func setFault(_ rule: Rule?) { state.withLock { $0.rules[connection] = rule } }

  /// From now on nothing gets through this connection.
  package func crash() { _ = state.withLock { $0.crashed.insert(connection) } }

  package var hasCrashed: Bool { state.withLock { $0.crashed.contains(connection) } }

  package func perform(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
    if Task.isCancelled { throw TransportError(.cancelled, "the request was cancelled") }
    let asked = MemoryRequest(request, body: try MemoryBodies.read(request.body), bucket: bucketName)
    switch try fault(asked, request) {
    case .none:
      let answer = try answer(asked)
      request.onBodySent?(request.body.length)
      return try MemoryBodies.deliver(answer, to: request)
    case .dropBefore: throw MemoryS3Transport.lost(request)
    case .dropAfter:
      _ = try answer(asked)
      request.onBodySent?(request.body.length)
      throw MemoryS3Transport.lost(request)
    case .internalError: return try MemoryBodies.deliver(MemoryBucket.internalError(asked), to: request)
    case .internalErrorAfter:
      _ = try answer(asked)
      return try MemoryBodies.deliver(MemoryBucket.internalError(asked), to: request)
    case .slowDown: return try MemoryBodies.deliver(MemoryBucket.slowDown(asked), to: request)
    case .crashBefore:
      crash()
      throw MemoryS3Transport.lost(request)
    case .crashAfter:
      try state.withLock { (state) throws(TransportError) in
        try check(state)
        _ = state.bucket.answer(asked)
        state.crashed.insert(connection)
      }
      throw MemoryS3Transport.lost(request)
    }
  }

  /// Counts the request and asks the test about it.
  private func fault(_ asked: MemoryRequest, _ request: HTTPRequest) throws(TransportError) -> MemoryFault {
    let (ordinal, total, rule) = try state.withLock { (state) throws(TransportError) in
      try check(state)
      state.total += 1
      state.counts[asked.operation, default: 0] += 1
      return (state.counts[asked.operation] ?? 0, state.total, state.rules[connection])
    }
    guard let rule else { return .none }
    return rule(
      MemorySent(request: request, operation: asked.operation, key: asked.key, ordinal: ordinal, total: total))
  }

  private func answer(_ asked: MemoryRequest) throws(TransportError) -> MemoryAnswer {
    try state.withLock { (state) throws(TransportError) in
      try check(state)
      return state.bucket.answer(asked)
    }
  }

  private func check(_ state: State) throws(TransportError) {
    if state.crashed.contains(connection) {
      throw TransportError(.cannotConnect, "the test has crashed this client: use reconnected()")
    }
  }

  private static func lost(_ request: HTTPRequest) -> TransportError {
    TransportError(.connectionLost, "lost by the test", bytesTransferred: request.body.length)
  }
}
