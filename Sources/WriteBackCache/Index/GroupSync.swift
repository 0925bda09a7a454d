// SPDX-License-Identifier: Apache-2.0
//
// One sync for many callers ("group commit").
//
// For: fdatasync takes milliseconds and covers everything written before it began, so callers who arrive while one runs
// share the next. State: the number of the round that began last, of the last that succeeded and the last that failed,
// behind one lock that is not held while a round runs. Any thread that may block may call. What can go wrong: a round
// fails; all who waited for it hear so, and whoever comes later tries again.

import Locking

final class GroupSync: Sendable {
  private struct State {
    var started: UInt64 = 0
    var succeeded: UInt64 = 0
    var failed: (round: UInt64, code: Int32)?
    var isRunning = false
    /// Callers that have come and not gone.
    var callers = 0
  }

  private let state = Lock(State())

  /// How many are in ``run(_:)``.
  var callers: Int { state.withLock { $0.callers } }

  /// Returns after a round of `body` that began later than this call: the caller's own, or another caller's.
  ///
  /// - Parameter body: never runs twice at once; returns an errno on failure.
  /// - Returns: the errno of the round, nil when it succeeded.
  func run(_ body: () -> Int32?) -> Int32? {
    enum Turn {
      case ended(Int32?)
      case lead(round: UInt64)
    }
    let wanted = state.withLock { state in
      state.callers += 1
      return state.started + 1
    }
    defer { state.withLock { $0.callers -= 1 } }
    let turn = state.waitForever { state -> Turn? in
      if state.succeeded >= wanted { return .ended(nil) }
      if let failed = state.failed, failed.round >= wanted { return .ended(failed.code) }
      guard !state.isRunning else { return nil }
      state.isRunning = true
      state.started += 1
      return .lead(round: state.started)
    }
    switch turn {
    case .ended(let code): return code
    case .lead(let round):
      let code = body()
      state.withLockAndNotify { state in
        state.isRunning = false
        if let code { state.failed = (round, code) } else { state.succeeded = round }
      }
      return code
    }
  }
}
