// SPDX-License-Identifier: Apache-2.0
//
// A crash between two steps of a workflow, without a process that dies.
//
// For: tests of what a crash leaves. From the step that was chosen on nothing goes on: the task waits for ever, so no cleanup runs, and
// the journal's owner is dead. State: the number of steps so far, behind a lock; any task.

import Locking
import Records
import TestSupport

final class CrashPoint: Sendable {
  private struct State {
    var steps = 0
    var hasCrashed = false
  }

  private let step: Int
  private let state = Lock(State())

  /// - Parameter step: the number of the step behind which everything ends, counted from 1.
  init(after step: Int) { self.step = step }

  /// - Returns: whether the workflow came to the step, and so did not end.
  func run(
    _ fixture: RecordsFixture, _ workflow: @escaping @Sendable (Records) async throws -> Void
  ) async throws -> Bool {
    let records = try fixture.records(onStep: { _ in await self.pass() })
    let ended = Lock<Result<Void, any Error>?>(nil)
    Task {
      do {
        try await workflow(records)
        ended.withLock { $0 = .success(()) }
      } catch {
        ended.withLock { $0 = .failure(error) }
      }
    }
    try await eventually("the workflow ends or crashes") {
      ended.withLock { $0 != nil } || state.withLock { $0.hasCrashed }
    }
    if let result = ended.withLock({ $0 }) {
      try result.get()
      await records.close()
      return false
    }
    records.die()
    return true
  }

  private func pass() async {
    let isEnd = state.withLock { state in
      state.steps += 1
      if state.steps >= step { state.hasCrashed = true }
      return state.hasCrashed
    }
    // Nobody resumes it; what it holds is lost, as in a crash.
    if isEnd { await withUnsafeContinuation { (_: UnsafeContinuation<Void, Never>) in } }
  }
}
