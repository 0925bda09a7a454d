// SPDX-License-Identifier: Apache-2.0

import Locking

/// The transfers of a ``Storage`` that have not ended, so that closing it can end them. Any task may call.
final class OpenTransfers: Sendable {
  private struct State {
    var controls: [Int: TransferControl] = [:]
    var next = 0
    var waiters: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Lock(State())

  func add(_ control: TransferControl) -> Int {
    state.withLock { state in
      state.next += 1
      state.controls[state.next] = control
      return state.next
    }
  }

  func remove(_ number: Int) {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.controls[number] = nil
      guard state.controls.isEmpty else { return [] }
      defer { state.waiters = [] }
      return state.waiters
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Cancels all, keeping what later ones can go on with; returns when they have ended.
  func cancelAll() async {
    for control in state.withLock({ $0.controls }).values { control.cancel(keepsParts: true) }
    await withCheckedContinuation { continuation in
      let isIdle = state.withLock { state in
        if !state.controls.isEmpty { state.waiters.append(continuation) }
        return state.controls.isEmpty
      }
      if isIdle { continuation.resume() }
    }
  }
}
