// SPDX-License-Identifier: Apache-2.0
//
// How many threads serve a session: the rule without the threads.
//
// For: one slow request must never stall a fast one, so at least one thread is always waiting for the next request, until
// the maximum is reached; and a burst must not leave its threads behind.
// State: two counters and a flag; a pure value, event in and answer out. `WorkerPool` keeps it behind its lock.
// What can go wrong: nothing here; a thread that cannot be started is told with `startFailed`.

/// Counts the workers of a pool and decides who comes and who goes.
struct WorkerCensus {
  let limits: FUSESessionConfiguration.Threads
  /// Threads that exist or are being started.
  private(set) var workers = 0
  /// Those among them that wait for a request, or are about to.
  private(set) var idle = 0
  private(set) var isStopping = false

  init(limits: FUSESessionConfiguration.Threads) { self.limits = limits }

  /// Counts a thread that is about to be started; it is idle from now on.
  mutating func start() {
    workers += 1
    idle += 1
  }

  /// The thread counted by `start` could not be created.
  mutating func startFailed() {
    workers -= 1
    idle -= 1
  }

  /// A worker has a request. True when it must start another worker first, which is counted already.
  mutating func requestBegan() -> Bool {
    idle -= 1
    guard idle == 0, workers < limits.maximum, !isStopping else { return false }
    start()
    return true
  }

  /// A worker has answered its request. False when it must leave; it is counted as gone then.
  mutating func requestEnded() -> Bool {
    guard !isStopping, idle < limits.maximumIdle else {
      workers -= 1
      return false
    }
    idle += 1
    return true
  }

  /// An idle worker leaves because the session has ended.
  mutating func idleWorkerLeft() {
    workers -= 1
    idle -= 1
  }

  mutating func stop() { isStopping = true }
}
