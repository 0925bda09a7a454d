// SPDX-License-Identifier: Apache-2.0
//
// The threads that read requests from the kernel, run them and answer.
//
// For: an own session loop over fuse_session_receive_buf and fuse_session_process_buf. libfuse's loop cancels threads and
// is not clean under ThreadSanitizer.
// State: the census, and for each thread what it does; one lock, taken twice a request, never held while one is served.
// Threads: `run` belongs to the thread that owns the session: it starts the first workers and joins all. `stop` may come
// from anywhere but a signal handler.
// What can go wrong: a worker between "idle" and its read of /dev/fuse misses a wake-up signal. So `run` repeats the signal
// until nobody is idle. A worker blocked in the file system is not signalled; `run` waits until it is back.

import CFUSE
import Glibc
import Locking
import Logging

// SAFETY: libfuse's session may be used by many threads at once; its owner destroys it only when `run` has joined them all.
final class WorkerPool: @unchecked Sendable {
  private struct State {
    var census: WorkerCensus
    /// The workers that are reading /dev/fuse, or are about to or just back; only these may be signalled.
    var reading: Set<pthread_t> = []
    /// Ended, to be joined.
    var finished: [pthread_t] = []
    /// The kernel's INIT is answered.
    var isAnswered = false
    /// And what had to be done first is done.
    var isLive = false

    mutating func idleWorkerLeft(_ thread: pthread_t) {
      census.idleWorkerLeft()
      reading.remove(thread)
      finished.append(thread)
    }
  }

  private enum Step {
    case join([pthread_t])
    case wake
    case done
  }

  private let session: OpaquePointer
  private let connection: Connection
  private let logger: Logger
  private let state: Lock<State>

  init(session: OpaquePointer, connection: Connection, limits: FUSESessionConfiguration.Threads, logger: Logger) {
    self.session = session
    self.connection = connection
    self.logger = logger
    state = Lock(State(census: WorkerCensus(limits: limits)))
  }

  /// Waits until the census is as `condition` wants it; `condition` runs under the lock. False when the time ran out.
  func wait(timeout: Double, until condition: (WorkerCensus) -> Bool) -> Bool {
    state.wait(timeout: timeout) { condition($0.census) ? true : nil } ?? false
  }

  /// How many threads there are, and how many of them wait for requests.
  var census: WorkerCensus { state.withLock { $0.census } }

  /// Serves until the session ends. `beforeLive` is called once, on this thread, as soon as the kernel's INIT is answered.
  func run(beforeLive: () -> Void) {
    let minimum = state.withLock { state in
      for _ in 0..<state.census.limits.minimum { state.census.start() }
      return state.census.limits.minimum
    }
    for _ in 0..<minimum { startWorker() }
    if wait(timeout: nil, for: \.isAnswered) {
      beforeLive()
      state.withLockAndNotify { $0.isLive = true }
    }
    while joinFinishedWorkers() {}
  }

  /// Makes every worker leave after the request that it serves.
  func stop() { state.withLockAndNotify { $0.census.stop() } }

  /// Waits until requests are answered, and `beforeLive` has returned. False when the session ended first or the time ran out.
  func waitUntilLive(timeout: Double?) -> Bool { wait(timeout: timeout, for: \.isLive) }

  private func wait(timeout: Double?, for stage: KeyPath<State, Bool>) -> Bool {
    state.wait(timeout: timeout) { state in
      if state[keyPath: stage] { return true }
      return state.census.isStopping ? false : nil
    } ?? false
  }

  /// False when all workers are gone and joined.
  private func joinFinishedWorkers() -> Bool {
    let step: Step? = state.wait { state in
      if !state.finished.isEmpty {
        defer { state.finished = [] }
        return .join(state.finished)
      }
      if state.census.workers == 0 { return .done }
      return state.census.isStopping && state.census.idle > 0 ? .wake : nil
    }
    switch step {
    case .join(let threads):
      for thread in threads { pthread_join(thread, nil) }
    case .wake:
      state.withLock { for thread in $0.reading { pthread_kill(thread, WakeSignal.number) } }
      _ = state.wait(timeout: 0.01) { $0.finished.isEmpty ? nil : () }
    case .done, nil:
      return false
    }
    return true
  }

  // MARK: Workers

  /// Starts the thread that the census has counted.
  private func startWorker() {
    let code = WorkerThread.start { [self] in work() }
    guard code != 0 else { return }
    logger.warning("cannot start a worker thread", metadata: ["cause": "\(String(cString: strerror(code)))"])
    state.withLockAndNotify { state in
      state.census.startFailed()
      // Without a single worker nobody would ever end the session.
      if state.census.workers == 0 { state.census.stop() }
    }
  }

  private func work() {
    var buffer = fuse_buf()
    defer { free(buffer.mem) }
    let thread = pthread_self()
    guard beginReading(thread) else { return }
    while true {
      let count = fuse_session_receive_buf(session, &buffer)
      switch count {
      case 1...:
        if requestBegan(thread) { startWorker() }
        fuse_session_process_buf(session, &buffer)
        guard requestEnded(thread) else { return }
      case -EINTR, -EAGAIN:
        guard continuesReading(thread) else { return }
      default:
        // 0: unmounted, or the connection was aborted.
        if count < 0 {
          logger.error("reading /dev/fuse failed", metadata: ["cause": "\(String(cString: strerror(-count)))"])
        }
        connection.close()
        return endSession(thread)
      }
    }
  }

  private func beginReading(_ thread: pthread_t) -> Bool {
    state.withLock { _ = $0.reading.insert(thread) }
    return continuesReading(thread)
  }

  private func continuesReading(_ thread: pthread_t) -> Bool {
    state.withLockAndNotify { state in
      guard state.census.isStopping else { return true }
      state.idleWorkerLeft(thread)
      return false
    }
  }

  /// True when another worker must be started.
  private func requestBegan(_ thread: pthread_t) -> Bool {
    state.withLock { state in
      state.reading.remove(thread)
      return state.census.requestBegan()
    }
  }

  /// False when the worker must leave.
  private func requestEnded(_ thread: pthread_t) -> Bool {
    let (stays, news) = state.withLock { state in
      let isFirst = !state.isAnswered && connection.isInitialized
      if isFirst { state.isAnswered = true }
      let stays = state.census.requestEnded()
      if stays { state.reading.insert(thread) } else { state.finished.append(thread) }
      return (stays, isFirst || !stays)
    }
    if news { state.withLockAndNotify { _ in } }
    return stays
  }

  private func endSession(_ thread: pthread_t) {
    state.withLockAndNotify { state in
      state.census.stop()
      state.idleWorkerLeft(thread)
    }
  }
}
