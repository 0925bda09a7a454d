// SPDX-License-Identifier: Apache-2.0

import Locking

/// Where tasks wait until a test lets them go on.
package final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var passed = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
    var observers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
  }

  private let state = Lock(State())

  package init() {}

  /// Waits until the gate is open.
  package func pass() async {
    await withCheckedContinuation { continuation in
      let resumed = state.withLock { state -> [CheckedContinuation<Void, Never>] in
        state.passed += 1
        let reached = state.observers.filter { $0.count <= state.passed }.map(\.continuation)
        state.observers.removeAll { $0.count <= state.passed }
        if state.isOpen { return reached + [continuation] }
        state.waiting.append(continuation)
        return reached
      }
      resumed.forEach { $0.resume() }
    }
  }

  /// Lets everybody go on, now and later.
  package func open() {
    let waiting = state.withLock { state in
      state.isOpen = true
      defer { state.waiting = [] }
      return state.waiting
    }
    waiting.forEach { $0.resume() }
  }

  /// Waits until `count` have come to the gate, those that went through included.
  package func reached(_ count: Int) async {
    await withCheckedContinuation { continuation in
      let isReached = state.withLock { state in
        guard state.passed < count else { return true }
        state.observers.append((count, continuation))
        return false
      }
      if isReached { continuation.resume() }
    }
  }
}
