// SPDX-License-Identifier: Apache-2.0

import Locking

/// Where tasks wait until a test lets them go on.
package final class Gate: Sendable {
  private struct State {
    var isOpen = false
    var passed = 0
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Lock(State())

  package init() {}

  /// Waits until the gate is open.
  package func pass() async {
    await withCheckedContinuation { continuation in
      let isOpen = state.withLock { state in
        state.passed += 1
        if !state.isOpen { state.waiting.append(continuation) }
        return state.isOpen
      }
      if isOpen { continuation.resume() }
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
  ///
  /// - Throws: ``TestSupportError`` when they do not come.
  package func reached(_ count: Int, fileID: String = #fileID, line: Int = #line) async throws {
    try await eventually("\(count) come to the gate", fileID: fileID, line: line) {
      state.withLock { $0.passed } >= count
    }
  }
}
