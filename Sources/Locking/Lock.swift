// SPDX-License-Identifier: Apache-2.0
//
// A mutex that owns the state it protects, with a condition variable to wait for that state to change.
//
// For: every piece of shared mutable state in Pail. Not `Synchronization.Mutex`: on Linux it collapses under contention
// (3 threads 21 ns a lock, 16 threads 39,755 ns; `pthread_mutex_t` stays at 24 to 40 ns) and ThreadSanitizer reports it.
// State: one heap block with the mutex, the condition and the value. Any thread may call; never across an `await`.
// What can go wrong: locking twice on one thread deadlocks (the mutex is not recursive); keep sections short and call
// nothing unknown inside. The lock order of Pail is in docs/ARCHITECTURE.md.

import Glibc

// SAFETY: `state` is only touched between pthread_mutex_lock and pthread_mutex_unlock; the pthread objects are
// allocated once, never moved, and destroyed when the last reference is gone.
package final class Lock<State>: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>
  private let condition: UnsafeMutablePointer<pthread_cond_t>
  private var state: State

  package init(_ state: sending State) {
    mutex = .allocate(capacity: 1)
    condition = .allocate(capacity: 1)
    self.state = state
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    // Timed waits must not jump with the wall clock.
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Runs `body` with exclusive access to the state.
  package func withLock<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return try body(&state)
  }

  /// Runs `body` with exclusive access, then wakes every thread in ``wait(timeout:until:)``. Behind the unlock, so that they do not
  /// wake up only to wait for the mutex.
  package func withLockAndNotify<Result, Failure: Error>(
    _ body: (inout State) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { pthread_cond_broadcast(condition) }
    return try withLock(body)
  }

  /// Blocks the calling thread until `body` returns a value, calling it again after each notification.
  ///
  /// - Parameters:
  ///   - timeout: seconds to wait at most; nil waits for ever, nothing or less only looks once.
  ///   - body: looks at the state (and may change it); nil means "not yet".
  /// - Returns: the value of `body`, or nil when the time ran out. Never call it on the cooperative pool.
  package func wait<Result>(timeout: Double? = nil, until body: (inout State) -> Result?) -> Result? {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    guard let timeout else {
      while true {
        if let result = body(&state) { return result }
        pthread_cond_wait(condition, mutex)
      }
    }
    var deadline = now()
    // Thirty years are enough, and within what a timespec holds.
    let nanoseconds = Int(max(0, min(timeout, 1e9)) * 1e9) + deadline.tv_nsec
    deadline.tv_sec += nanoseconds / 1_000_000_000
    deadline.tv_nsec = nanoseconds % 1_000_000_000
    while true {
      if let result = body(&state) { return result }
      // A notification is reported as such even when it comes after the deadline, so many of them could go on for ever.
      let time = now()
      if (time.tv_sec, time.tv_nsec) >= (deadline.tv_sec, deadline.tv_nsec) { return nil }
      pthread_cond_timedwait(condition, mutex, &deadline)
    }
  }

  private func now() -> timespec {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return time
  }
}

extension Lock {
  /// Blocks the calling thread until `body` returns a value, however long it takes.
  package func waitForever<Result>(until body: (inout State) -> Result?) -> Result {
    while true {
      if let result = wait(until: body) { return result }
    }
  }

  /// Wakes every waiting thread.
  package func notify() { withLockAndNotify { _ in } }
}
