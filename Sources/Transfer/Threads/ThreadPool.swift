// SPDX-License-Identifier: Apache-2.0
//
// A few threads for work that blocks.
//
// For: keeping the cooperative pool free of system calls and waits. `disk` serves the checksums and syncs that async code
// needs. State: a queue of jobs behind a lock; threads are started when there is work for them and live as long as the
// process. Any task or thread may call. What can go wrong: a job that never ends takes a thread with it, so every job has a
// bounded wait, and jobs of `disk` are plain file I/O.

private import Locking
private import Dispatch

package final class ThreadPool: Sendable {
  private struct State {
    var jobs: [@Sendable () -> Void] = []
    var threads = 0
    var idle = 0
  }

  private let width: Int
  private let state = Lock(State())

  package static let disk = ThreadPool(name: "pail.disk", width: 4)

  private let name: String

  /// - Parameter width: threads at most.
  package init(name: String, width: Int) {
    self.name = name
    self.width = width
  }

  /// Runs `job` on a thread of the pool; the calling task waits without blocking its thread. No thread holds what `job` has
  /// captured any more when this returns: files that it worked with can be closed.
  package func run<Value: Sendable>(_ job: @escaping @Sendable () -> Value) async -> Value {
    let once = Lock<(@Sendable () -> Value)?>(job)
    return await withCheckedContinuation { continuation in
      start {
        guard let value = ThreadPool.take(once)?() else { return }
        continuation.resume(returning: value)
      }
    }
  }

  private static func take<Job>(_ slot: Lock<Job?>) -> Job? {
    slot.withLock { job in
      defer { job = nil }
      return job
    }
  }

  /// Runs `job` on a thread of the pool, some time.
  package func start(_ job: @escaping @Sendable () -> Void) {
    let needsThread = state.withLockAndNotifyOne { state in
      state.jobs.append(job)
      guard state.idle < state.jobs.count, state.threads < width else { return false }
      state.threads += 1
      return true
    }
    guard needsThread else { return }
    DispatchQueue(label: name).async { [self] in work() }
  }

  private func work() {
    while true {
      state.withLock { $0.idle += 1 }
      let job = state.waitForever { state -> (@Sendable () -> Void)? in
        guard !state.jobs.isEmpty else { return nil }
        state.idle -= 1
        return state.jobs.removeFirst()
      }
      job()
    }
  }
}
