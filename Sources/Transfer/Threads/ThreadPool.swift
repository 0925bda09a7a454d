// SPDX-License-Identifier: Apache-2.0
//
// A few threads for work that blocks.
//
// For: keeping the cooperative pool free of system calls and waits. `disk` serves the checksums and syncs that async code
// needs. State: the idle threads and a queue of jobs for which there is none, behind a lock; threads are started when there is
// work for them and live as long as the process. Each waits for a job of its own, so that a job wakes one thread
// (pthread_cond_signal of glibc before 2.41 may wake none: https://sourceware.org/bugzilla/show_bug.cgi?id=25847). Any task or
// thread may call. What can go wrong: a job that never ends takes a thread with it, so every job has a bounded wait, and jobs
// of `disk` are plain file I/O.

private import Locking
private import Dispatch

package final class ThreadPool: Sendable {
  package typealias Job = @Sendable () -> Void

  /// Where a thread that is idle gets its next job.
  private typealias Slot = Lock<Job?>

  private struct State {
    var jobs: [Job] = []
    var threads = 0
    /// The one last used is used next.
    var idle: [Slot] = []
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
        guard let value = once.withLock({ ThreadPool.taken(&$0) })?() else { return }
        continuation.resume(returning: value)
      }
    }
  }

  /// Runs `job` on a thread of the pool, some time.
  package func start(_ job: @escaping Job) {
    let (slot, needsThread) = state.withLock { state -> (Slot?, Bool) in
      if let slot = state.idle.popLast() { return (slot, false) }
      guard state.threads < width else {
        state.jobs.append(job)
        return (nil, false)
      }
      state.threads += 1
      return (nil, true)
    }
    slot?.withLockAndNotify { $0 = job }
    if needsThread { DispatchQueue(label: name).async { [self] in work(job) } }
  }

  private func work(_ first: @escaping Job) {
    let slot = Slot(first)
    while true {
      // Nothing of a job is kept while the thread waits for the next one.
      slot.waitForever { ThreadPool.taken(&$0) }()
      state.withLock { state in
        if state.jobs.isEmpty { state.idle.append(slot) } else { slot.withLock { $0 = state.jobs.removeFirst() } }
      }
    }
  }

  private static func taken<Work>(_ job: inout Work?) -> Work? {
    defer { job = nil }
    return job
  }
}
