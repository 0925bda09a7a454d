// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking

/// What a signal does, which depends on how far the mount is. Called on the signal thread only, changed from the main one.
final class SignalReaction: Sendable {
  struct Handlers: Sendable {
    /// The first SIGTERM or SIGINT.
    var stop: @Sendable () -> Void
    /// The second: must not wait for anything.
    var leave: @Sendable () -> Never
    var reopenLog: @Sendable () -> Void
  }

  private struct State {
    var handlers: Handlers?
    var count = 0
  }

  private let state = Lock(State())

  /// The mount is there from now on: signals end it in order. Before, they end the process.
  func install(_ handlers: Handlers) { state.withLock { $0.handlers = handlers } }

  func receive(_ signal: Int32) {
    let (handlers, count) = state.withLock { state in
      if signal != SIGHUP { state.count += 1 }
      return (state.handlers, state.count)
    }
    guard let handlers else {
      if signal != SIGHUP { _exit(128 + signal) }
      return
    }
    switch (signal, count) {
    case (SIGHUP, _): handlers.reopenLog()
    case (_, 1): handlers.stop()
    default: handlers.leave()
    }
  }
}
