// SPDX-License-Identifier: Apache-2.0
//
// One download, from an object to a file or memory, that can be paused, resumed and cancelled.
//
// For: the Storage API. What happens next is decided by DownloadMachine; this class carries it out: requests as tasks, files
// on disk threads. State: the machine, what is under way, who waits; behind one lock that is held for microseconds. Any task
// or thread may call; nothing blocks. A download that was started goes on without its owner.
// Every range is asked for with If-Match, so the result is one version of the object or none. Where the store has a CRC-32 of
// the whole object, that of the ranges is compared with it before the result is handed over; the checksum of a composite one
// says nothing without its parts, and an object without any is not checked.
// What can go wrong: every failure of S3 and of the destination; see DownloadFailure. Memory: for a file some
// megabytes, and (concurrency + 2) ranges at most, if the disk is slow; for memory all of it.

package import HTTPTransport
import Locking
package import S3Client

package final class ObjectDownload: Sendable {
  package enum Destination: Sendable {
    /// A regular file, there when all of it is. A partial file beside it is kept when the download ends early, and the next
    /// download of the same version to the same path goes on with it.
    ///
    /// - overwrites: replace a file that is there; otherwise it is a failure, found out before the download and again at its end.
    /// - syncs: the file is on the disk when the download has ended, and survives a power loss.
    case file(path: String, overwrites: Bool = true, syncs: Bool = false)
    /// - limit: bytes at most.
    case memory(limit: Int)
  }

  package struct Configuration: Sendable {
    package var key: ObjectKey
    /// Bytes of the object; nil for all. What lies beyond its end is left out.
    package var bytes: Range<Int64>?
    /// Bytes of a request, and of the memory that it is received into.
    package var rangeSize: Int64 = 8 << 20
    /// Ranges that come at once.
    package var concurrency = 4

    package init(key: ObjectKey) { self.key = key }
  }

  package struct Downloaded: Sendable {
    /// Of the whole object.
    package var head: ObjectHead
    /// Bytes that were wanted and came.
    package var size: Int64
    /// What came, when it went to memory and is not empty.
    package var memory: MemoryRegion?
    /// The store told a checksum of all of it, and it is right.
    package var isVerified: Bool
  }

  struct State {
    var machine: DownloadMachine
    var head: ObjectHead?
    var plan: DownloadPlan?
    var memory: MemoryRegion?
    var tasks: [Int: Task<Void, Never>] = [:]
    var isCancelling = false
    var meter = ProgressMeter()
    var waiters: [CheckedContinuation<Result<Downloaded, DownloadFailure>, Never>] = []
    var result: Result<Downloaded, DownloadFailure>?
  }

  /// Where `tasks` has the one that opens.
  private static let openingTask = -1

  let client: S3Client
  let configuration: Configuration
  let target: any DownloadTarget
  let state: Lock<State>
  private let onProgress: (@Sendable (ByteProgress) -> Void)?

  /// - Parameter onProgress: called in order, on any thread, under the lock of the download: it must only note the value.
  package init(
    client: S3Client, destination: Destination, configuration: Configuration,
    onProgress: (@Sendable (ByteProgress) -> Void)? = nil
  ) {
    self.client = client
    self.configuration = configuration
    self.onProgress = onProgress
    target =
      switch destination {
      case .file(let path, let overwrites, let syncs):
        FileTarget(path: path, overwrites: overwrites, syncs: syncs)
      case .memory(let limit): MemoryTarget(limit: limit)
      }
    let key = configuration.key
    state = Lock(
      State(
        machine: DownloadMachine(concurrency: configuration.concurrency) {
          .checksumMismatch(key, expected: $0, counted: $1)
        }))
  }

  // MARK: What others may ask

  /// Begins; again without effect.
  package func start() { handle(.start) }

  /// Starts no further range; those under way are finished and kept.
  package func pause() { handle(.pause) }

  /// Goes on after ``pause()``.
  package func resume() { handle(.resume) }

  /// Ends the download, unless its result is there already.
  ///
  /// - Parameter keepsPartial: leave what came to a later download of the same; otherwise the partial file is removed.
  package func cancel(keepsPartial: Bool = false) { handle(.cancel(keepsPartial: keepsPartial)) }

  package var phase: TransferPhase {
    state.withLock { state in
      switch state.result {
      case .success: .succeeded
      case .failure(.canceled): .canceled
      case .failure: .failed
      case nil: state.machine.isCanceled ? .canceled : state.machine.isPaused ? .paused : .inProgress
      }
    }
  }

  package var progress: ByteProgress { state.withLock { $0.meter.progress } }

  /// The result, when everything else has ended too.
  package func result() async -> Result<Downloaded, DownloadFailure> {
    await withCheckedContinuation { continuation in
      let result = state.withLock { state in
        if state.result == nil { state.waiters.append(continuation) }
        return state.result
      }
      if let result { continuation.resume(returning: result) }
    }
  }

  // MARK: Carrying out

  /// Tells the machine what happened, and does what it says.
  func handle(_ event: DownloadMachine.Event) {
    let actions = state.withLock { state in
      let actions = state.machine.handle(event)
      if actions.contains(.cancelRequests) { state.isCancelling = true }
      report(&state)
      return actions
    }
    for action in actions { perform(action) }
  }

  private func perform(_ action: DownloadMachine.Action) {
    switch action {
    case .open: launch(ObjectDownload.openingTask) { await $0.open() }
    case .fetch(let index): launch(index) { await $0.fetch(index) }
    case .install: launch(nil) { await $0.install() }
    case .close(let keepsPartial): launch(nil) { await $0.close(keepsPartial: keepsPartial) }
    case .cancelRequests:
      for task in state.withLock({ $0.tasks }).values { task.cancel() }
    case .finish: finish()
    }
  }

  /// Runs part of the download as a task.
  ///
  /// - Parameter request: under which a cancellation finds it; nil for what must run to its end.
  private func launch(_ request: Int?, _ body: @escaping @Sendable (ObjectDownload) async -> Void) {
    let task = Task { await body(self) }
    guard let request else { return }
    let isCancelling = state.withLock { state in
      state.tasks[request] = task
      return state.isCancelling
    }
    if isCancelling { task.cancel() }
  }

  private func finish() {
    let (result, waiters) = state.withLock { state in
      let result: Result<Downloaded, DownloadFailure>
      if case .downloaded(let isVerified) = state.machine.outcome, let head = state.head, let plan = state.plan {
        report(&state)
        result = .success(
          Downloaded(head: head, size: plan.size, memory: state.memory, isVerified: isVerified))
      } else if case .failed(let failure) = state.machine.outcome {
        result = .failure(failure)
      } else {
        result = .failure(.canceled)
      }
      state.result = result
      defer { (state.waiters, state.tasks, state.memory) = ([], [:], nil) }
      return (result, state.waiters)
    }
    for waiter in waiters { waiter.resume(returning: result) }
  }

  // MARK: Progress

  /// Body bytes of a request that came so far; less than before when it is sent again.
  func noteReceiving(_ index: Int, _ count: Int64) {
    state.withLock { state in
      state.meter.moved(index, count)
      report(&state, now: .now)
    }
  }

  /// - Parameter now: when no more than bytes on their way can have changed.
  private func report(_ state: inout State, now: ContinuousClock.Instant? = nil) {
    let progress = state.meter.update(done: state.machine.doneBytes, total: state.plan?.size, now: now)
    if let progress { onProgress?(progress) }
  }
}
