// SPDX-License-Identifier: Apache-2.0
//
// Ctrl-C, and what `kill` and a closed terminal do.
//
// For: commands whose work can be gone on with later. The first signal cancels what runs, and keeps what the store has; the
// command then ends by itself. A second one ends the process at once. State: the transfers that run, behind a lock; signals
// arrive on a queue of their own.

import Dispatch
import Glibc
import Locking

final class Interruption: Sendable {
  private struct State {
    var isInterrupted = false
    var transfers: [Int: @Sendable () -> Void] = [:]
    var sequence = 0
  }

  /// What shells say of a program that Ctrl-C ended.
  static let exitCode: Int32 = 130

  private let state = Lock(State())
  private let sources = Lock<[any DispatchSourceSignal]>([])

  init() {
    let queue = DispatchQueue(label: "pail.signals")
    for signal in [SIGINT, SIGTERM, SIGHUP] {
      Glibc.signal(signal, SIG_IGN)
      sources.withLock { sources in
        let source = DispatchSource.makeSignalSource(signal: signal, queue: queue)
        source.setEventHandler { [weak self] in self?.interrupt() }
        source.resume()
        sources.append(source)
      }
    }
  }

  /// Lets signals end the process again, which they do by themselves.
  func end() {
    sources.withLock { sources in
      for source in sources { source.cancel() }
      sources = []
    }
    for signal in [SIGINT, SIGTERM, SIGHUP] { Glibc.signal(signal, SIG_DFL) }
  }

  var isInterrupted: Bool { state.withLock { $0.isInterrupted } }

  /// Runs `body`, during which an interruption calls `cancel`; at once if there was one already.
  func during<Value>(_ cancel: @escaping @Sendable () -> Void, _ body: () async throws -> Value) async rethrows -> Value
  {
    let (number, isLate) = state.withLock { state in
      state.sequence += 1
      state.transfers[state.sequence] = cancel
      return (state.sequence, state.isInterrupted)
    }
    defer { _ = state.withLock { $0.transfers.removeValue(forKey: number) } }
    if isLate { cancel() }
    return try await body()
  }

  private func interrupt() {
    let transfers = state.withLock { state -> [@Sendable () -> Void]? in
      if state.isInterrupted { return nil }
      state.isInterrupted = true
      return Array(state.transfers.values)
    }
    guard let transfers else { _exit(Interruption.exitCode) }
    for cancel in transfers { cancel() }
  }
}
