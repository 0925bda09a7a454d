// SPDX-License-Identifier: Apache-2.0
//
// Hands the progress of a transfer to whoever listens.
//
// For: `progress` and `onProgress` of the transfer tasks. State: the last value and the listeners, behind a lock. `note` is
// called under the lock of a transfer, in order, and does nothing but pass on; any task may listen.
// A listener that is slower than the network misses values in between, never the last one. What can go wrong: nothing; a
// listener that goes away is forgotten.

import Locking

final class ProgressFeed: Sendable {
  private struct State {
    var last = TransferProgress(transferredBytes: 0)
    var listeners: [Int: AsyncStream<TransferProgress>.Continuation] = [:]
    var nextListener = 0
    var hasEnded = false
  }

  private let state = Lock(State())

  func note(_ progress: TransferProgress) {
    state.withLock { state in
      state.last = progress
      for listener in state.listeners.values { listener.yield(progress) }
    }
  }

  /// - Parameter withLast: begins with the value that is known already.
  func stream(withLast: Bool = true) -> AsyncStream<TransferProgress> {
    let (stream, continuation) = AsyncStream<TransferProgress>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state -> Int? in
      if withLast || state.hasEnded { continuation.yield(state.last) }
      guard !state.hasEnded else { return nil }
      state.nextListener += 1
      state.listeners[state.nextListener] = continuation
      return state.nextListener
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in self?.state.withLock { $0.listeners[number] = nil } }
    return stream
  }

  /// Ends all streams, behind the last value.
  func end() {
    let listeners = state.withLock { state in
      state.hasEnded = true
      defer { state.listeners = [:] }
      return state.listeners
    }
    // Not under the lock: the end of a stream calls back.
    for listener in listeners.values { listener.finish() }
  }
}
