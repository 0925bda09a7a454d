// SPDX-License-Identifier: Apache-2.0
//
// Uploads files in the background: those whose close did not wait (delayed mode), and those whose upload failed.
//
// For: nothing dirty is ever forgotten. State: the files with the time of their next try and these in order, behind one lock; one
// task that sleeps until the earliest is due, and at most `width` uploads. Any thread may schedule. What can go wrong: a failure that
// only a person can mend is parked, on disk too, and not tried again by itself.

private import HeapModule
import Logging
import Locking
import S3Client
import Transfer

final class WriteBackQueue: Sendable {
  private struct State {
    var due: [ObjectIdentifier: (file: CacheFile, time: Double)] = [:]
    /// When to look at whom. What was planned anew or forgotten since is still there.
    var times = Heap<DueTime>()
    var running: Set<ObjectIdentifier> = []
    var timer: Task<Void, Never>?
    var timerTime = Double.infinity
    var isClosed = false
    /// New ones wait as well.
    var isPaused = false
  }

  private struct DueTime: Comparable {
    let time: Double
    let id: ObjectIdentifier

    static func < (left: DueTime, right: DueTime) -> Bool { left.time < right.time }
  }

  /// Uploads under way at once; each large one has parts in parallel besides.
  private static let width = 16

  /// For those who are told: they may wait for a file that is in use, or for the store. The disk threads do neither.
  private static let threads = ThreadPool(name: "pail.queue", width: width)

  private let state = Lock(State())
  private let backoff: RetryBackoff
  private let context: CacheContext
  /// Told before each try, on a thread that may block.
  private let willPublish: @Sendable (CacheFile) -> Void
  /// Told after each try, on a thread that may block.
  private let onResult: @Sendable (CacheFile, Result<CacheFile.Publication, WriteBackFailure>) -> Void

  init(
    context: CacheContext, willPublish: @escaping @Sendable (CacheFile) -> Void = { _ in },
    onResult: @escaping @Sendable (CacheFile, Result<CacheFile.Publication, WriteBackFailure>) -> Void
  ) {
    self.context = context
    self.willPublish = willPublish
    self.onResult = onResult
    backoff = RetryBackoff(context.configuration.retryDelay)
  }

  /// Tries `file` in `delay` seconds, or at the time already planned if that is earlier.
  func schedule(_ file: CacheFile, after delay: Double) {
    let time = MonotonicClock.now + delay
    let planned = state.withLock { state -> Double? in
      guard !state.isClosed else { return nil }
      let id = ObjectIdentifier(file)
      let earliest = min(state.due[id]?.time ?? .infinity, time)
      if state.due[id]?.time != earliest { state.times.insert(DueTime(time: earliest, id: id)) }
      state.due[id] = (file, earliest)
      // With many waiting, only an earlier one moves the timer.
      if delay > 0, earliest < state.timerTime { setTimer(&state, at: earliest) }
      return earliest
    }
    let isPaused = state.withLock { $0.isPaused }
    file.state.withLock { state in
      // Not one that was resumed by itself since.
      if isPaused, state.retry.nextAttempt == nil, state.retry.attempts == 0 { state.isPaused = true }
      if !state.retry.isParked { state.retry.nextAttempt = planned }
    }
    if delay <= 0 { startDue() }
  }

  /// Forgets `file`: it was removed, or published by its close.
  func remove(_ file: CacheFile) {
    state.withLock { _ = $0.due.removeValue(forKey: ObjectIdentifier(file)) }
    file.state.withLock { $0.retry.nextAttempt = nil }
  }

  /// Whether an upload runs, or has ended just now.
  var isRunning: Bool { state.withLock { !$0.running.isEmpty } }

  /// Holds back all uploads that begin from now on, or no longer.
  func setPaused(_ isPaused: Bool) { state.withLock { $0.isPaused = isPaused } }

  /// Looks at what is due: something was paused or is not any more.
  func pausesChanged() {
    state.withLock { state in
      for (id, entry) in state.due { state.times.insert(DueTime(time: entry.time, id: id)) }
    }
    startDue()
  }

  /// Starts nothing more.
  func close() {
    state.withLock { state in
      state.isClosed = true
      state.timer?.cancel()
      state.due = [:]
      state.times = Heap()
    }
  }

  /// A try failed: plans the next one, or parks the file.
  func failed(_ file: CacheFile, _ failure: WriteBackFailure) {
    if case .discarded = failure { return }
    let delay = file.state.withLock { state -> Double? in
      // Of a name that the file has no more: says nothing about the one it has.
      if case .store(let error) = failure, let key = error.key, key != state.key { return 0 }
      state.retry.attempts += 1
      state.retry.reason = failure.description
      state.retry.isParked = !failure.isTransient
      state.retry.isConflict = failure.isConflict
      state.retry.nextAttempt = nil
      return failure.isTransient ? backoff.delay(afterAttempts: state.retry.attempts) : nil
    }
    do throws(WriteBackFailure) {
      try file.sync()
    } catch {
      context.logger.error(
        "could not make a failed upload durable in the cache", metadata: ["key": "\(file.key)", "error": "\(error)"])
    }
    if let delay { schedule(file, after: delay) }
  }

  /// What was written to an open file during its upload is not forgotten when nothing more is written.
  private func planAgain(_ file: CacheFile) {
    guard case .delayed = context.configuration.mode, file.isDirty else { return }
    schedule(file, after: context.configuration.maximumAge)
  }

  /// Whether nothing runs, and nothing is due within `seconds`: until then the files change only when somebody asks for it.
  func isQuiet(for seconds: Double) -> Bool {
    let end = MonotonicClock.now + seconds
    return state.withLock { state in state.running.isEmpty && state.due.values.allSatisfy { $0.time > end } }
  }

  private func startDue() {
    let now = MonotonicClock.now
    let ready = state.withLock { state -> [CacheFile] in
      var ready: [CacheFile] = []
      while state.running.count < WriteBackQueue.width, let next = state.times.min, next.time <= now {
        state.times.removeMin()
        guard let entry = state.due[next.id], entry.time == next.time else { continue }
        // Running: it is looked at again when that has ended; paused: when it is so no more.
        guard !state.running.contains(next.id), !entry.file.isPaused else { continue }
        state.running.insert(next.id)
        state.due[next.id] = nil
        ready.append(entry.file)
      }
      let isFull = state.running.count >= WriteBackQueue.width
      setTimer(&state, at: isFull ? .infinity : state.times.min?.time ?? .infinity)
      return ready
    }
    for file in ready {
      Task { [self] in
        await run(file)
        ended(ObjectIdentifier(file))
        startDue()
      }
    }
  }

  private func ended(_ id: ObjectIdentifier) {
    state.withLock { state in
      state.running.remove(id)
      if let entry = state.due[id] { state.times.insert(DueTime(time: entry.time, id: id)) }
    }
  }

  private func setTimer(_ state: inout State, at time: Double) {
    state.timer?.cancel()
    state.timerTime = time
    guard !state.isClosed, time < .infinity else { return }
    let delay = max(time - MonotonicClock.now, 0.001)
    state.timer = Task { [weak self] in
      do { try await Task.sleep(nanoseconds: UInt64(delay * 1e9)) } catch { return }
      self?.startDue()
    }
  }

  private func run(_ file: CacheFile) async {
    let result: Result<CacheFile.Publication, WriteBackFailure>
    await WriteBackQueue.threads.run { [self] in willPublish(file) }
    do throws(WriteBackFailure) {
      switch try await file.publish() {
      case .published(let publication): result = .success(publication)
      case .unchanged(let publication):
        file.state.withLock { $0.retry.nextAttempt = nil }
        // By an upload whose close did not wait for it, say.
        guard let publication else { return }
        result = .success(publication)
      // Whoever holds it plans it anew.
      case .held: return
      }
    } catch {
      result = .failure(error)
    }
    await WriteBackQueue.threads.run { [self] in
      switch result {
      case .failure(let failure): failed(file, failure)
      case .success: planAgain(file)
      }
      context.quota.noteFreed()
      onResult(file, result)
    }
  }
}
