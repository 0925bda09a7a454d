// SPDX-License-Identifier: Apache-2.0
//
// One upload, from a source to an object, that can be paused, resumed and cancelled.
//
// For: the Storage API. What happens next is decided by UploadMachine; this class carries it out: requests as tasks, the
// journal and checksums on disk threads. State: the machine, what is under way, who waits; behind one lock that is held for
// microseconds. Any task or thread may call; nothing blocks. An upload that was started goes on without its owner.
// What can go wrong: every failure of S3, a source that changes or cannot be read; see UploadFailure. Memory: none for a
// file, (concurrency + 2) parts for a sequence of chunks.

import HTTPTransport
import Locking
package import S3Client

package final class ObjectUpload: Sendable {
  package struct Configuration: Sendable {
    package var key: ObjectKey
    package var properties: ObjectProperties
    package var condition = WriteCondition.always
    /// Bytes of a part, and of the largest object that is put in one request.
    package var partSize: Int64 = 5 << 20
    /// Parts under way at once.
    package var concurrency = 4
    /// Fail rather than let the store do without checksums.
    package var requiresChecksums = false
    /// Where to remember the upload for a later process; nil forgets it with this one.
    package var journal: UploadJournal?

    package init(key: ObjectKey, properties: ObjectProperties) {
      self.key = key
      self.properties = properties
    }
  }

  package struct Uploaded: Sendable, Equatable {
    package var object: WrittenObject
    /// In bytes.
    package var size: Int64
  }

  struct State {
    var machine: UploadMachine
    var parts: PartSource?
    var journal: UploadJournalEntry?
    var tasks: [Int: Task<Void, Never>] = [:]
    var isCancelling = false
    var meter = ProgressMeter()
    var waiters: [CheckedContinuation<Result<Uploaded, UploadFailure>, Never>] = []
    /// The source waits for one of its parts to be sent.
    var roomWaiter: CheckedContinuation<Void, Never>?
    /// Bytes of the parts that a sequence has filled.
    var bytesOffered: Int64 = 0
    var result: Result<Uploaded, UploadFailure>?
    var hasStarted = false
  }

  /// Where `tasks` and the meter have the request for the whole object, and `tasks` the reader of the source.
  static let wholeRequest = 0
  private static let sourceTask = -1

  let client: S3Client
  let configuration: Configuration
  private let source: UploadSource
  let multipart: MultipartUpload
  let state: Lock<State>
  private let onProgress: (@Sendable (ByteProgress) -> Void)?

  /// - Parameter onProgress: called in order, on any thread, under the lock of the upload: it must only note the value.
  package init(
    client: S3Client, source: UploadSource, configuration: Configuration,
    capabilities: StoreCapabilities = StoreCapabilities(), onProgress: (@Sendable (ByteProgress) -> Void)? = nil
  ) {
    self.client = client
    self.source = source
    self.configuration = configuration
    self.onProgress = onProgress
    multipart = MultipartUpload(client: client, capabilities: capabilities)
    let isRepeatable = if case .chunks = source { false } else { true }
    state = Lock(
      State(machine: UploadMachine(concurrency: configuration.concurrency, isRepeatable: isRepeatable)))
  }

  // MARK: What others may ask

  /// Begins; again without effect.
  package func start() {
    let isFirst = state.withLock { state in
      defer { state.hasStarted = true }
      return !state.hasStarted
    }
    if isFirst { launch(ObjectUpload.sourceTask) { await $0.openSource() } }
  }

  /// Starts no further part; those under way are finished and kept. Without effect on an upload of one request.
  package func pause() { handle(.pause) }

  /// Goes on after ``pause()``.
  package func resume() { handle(.resume) }

  /// Ends the upload, unless the object is there already.
  ///
  /// - Parameter keepsParts: leave what was sent to a later upload of the same; otherwise the store removes it.
  package func cancel(keepsParts: Bool = false) { handle(.cancel(keepsParts: keepsParts)) }

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

  /// The object, when it is there and everything else has ended.
  package func result() async -> Result<Uploaded, UploadFailure> {
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
  func handle(_ event: UploadMachine.Event) {
    let actions = state.withLock { state in
      let actions = state.machine.handle(event)
      if actions.contains(.cancelRequests) { state.isCancelling = state.machine.outcome != nil }
      return actions
    }
    for action in actions { perform(action) }
    letSourceGoOn()
  }

  private func perform(_ action: UploadMachine.Action) {
    switch action {
    case .put: launch(ObjectUpload.wholeRequest) { await $0.put() }
    case .begin: launch(nil) { await $0.begin() }
    case .send(let part, let begun): launch(part) { await $0.send(part, of: begun) }
    case .complete(let begun, let parts): launch(nil) { await $0.complete(begun, parts) }
    case .abort(let begun): launch(nil) { await $0.abort(begun) }
    case .cancelRequests:
      for task in state.withLock({ $0.tasks }).values { task.cancel() }
    case .forget:
      state.withLock { $0.journal }?.clear()
    case .finish: finish()
    }
  }

  /// Runs part of the upload as a task.
  ///
  /// - Parameter request: under which a cancellation finds it; nil for what must not be cancelled, because the store's answer
  ///   decides what has to be cleared away.
  private func launch(_ request: Int?, _ body: @escaping @Sendable (ObjectUpload) async -> Void) {
    let task = Task { await body(self) }
    guard let request else { return }
    let isCancelling = state.withLock { state in
      state.tasks[request] = task
      // An upload that was cancelled before this has ended already.
      return state.isCancelling || state.result != nil
    }
    if isCancelling { task.cancel() }
  }

  private func finish() {
    let (result, ended) = state.withLock { state in
      let result: Result<Uploaded, UploadFailure>
      switch state.machine.outcome {
      case .written(let object):
        let size = state.parts?.size ?? 0
        if let progress = state.meter.update(done: size, total: size) { onProgress?(progress) }
        result = .success(Uploaded(object: object, size: size))
      case .failed(let failure): result = .failure(failure)
      case nil: result = .failure(.canceled)
      }
      state.result = result
      defer { (state.waiters, state.tasks, state.journal) = ([], [:], nil) }
      return (result, state)
    }
    // A sequence may still be waiting for its next chunk.
    for task in ended.tasks.values { task.cancel() }
    // Before anybody hears of the end, who may begin the same upload again.
    if case .success = result { ended.journal?.clear() }
    ended.journal?.end()
    for waiter in ended.waiters { waiter.resume(returning: result) }
  }

  // MARK: Progress

  /// Body bytes of a request that left so far; less than before when it is sent again.
  func noteSending(_ request: Int, _ count: Int64) {
    state.withLock { state in
      state.meter.moved(request, count)
      report(&state, now: .now)
    }
  }

  /// - Parameter now: when no more than bytes on their way can have changed.
  func report(_ state: inout State, now: ContinuousClock.Instant? = nil) {
    let progress = state.meter.update(done: state.machine.sentBytes, total: state.parts?.size, now: now)
    if let progress { onProgress?(progress) }
  }

  private func openSource() async {
    do throws(UploadFailure) {
      try await open(source)
    } catch {
      handle(.sourceFailed(error))
    }
  }
}
