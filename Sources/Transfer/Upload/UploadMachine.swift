// SPDX-License-Identifier: Apache-2.0
//
// What to do next in an upload. Pure: events in, actions out.
//
// For: ObjectUpload, which carries the actions out and reports how they ended. An upload is one PutObject, or begins, sends
// parts and completes. State: the phase, which parts are at hand, under way and sent, and what was asked for from outside.
// Not thread-safe: a value inside of the upload's lock.
// Every action ends in exactly one event, also when it was cancelled. So nothing is left behind: a cancellation during
// CreateMultipartUpload waits for the answer to have something to abort, and no abort is sent while a part is under way.

package import S3Client

package struct UploadMachine: Sendable {
  package enum Event: Sendable {
    /// The parts up to this number are at hand; with `isLast`, there will be no more.
    case available(through: Int, isLast: Bool)
    /// The source is small: one request.
    case availableWhole
    /// An earlier run began the upload and sent these.
    case found(MultipartUpload.Begun, [SentPart])
    case began(MultipartUpload.Begun)
    case sent(SentPart)
    /// A request for this part ended without success.
    case notSent(part: Int, UploadFailure)
    /// PutObject or CompleteMultipartUpload succeeded.
    case written(WrittenObject)
    /// Any other request failed.
    case failed(UploadFailure)
    /// There is no more to read, and that is not the end.
    case sourceFailed(UploadFailure)
    case aborted
    case pause
    case resume
    /// - keepsParts: a later run may go on.
    case cancel(keepsParts: Bool)
  }

  package enum Action: Sendable, Equatable {
    case put
    case begin
    case send(part: Int, MultipartUpload.Begun)
    case complete(MultipartUpload.Begun, [SentPart])
    /// Ends the requests under way; they report back all the same.
    case cancelRequests
    /// Removes the upload from the store, and from the journal when it is gone there.
    case abort(MultipartUpload.Begun)
    /// The store has lost the upload: forget it.
    case forget
    case finish
  }

  private enum Phase: Equatable {
    case idle, putting, beginning, sending, completing, aborting, finished
  }

  package enum Outcome: Sendable {
    case written(WrittenObject)
    case failed(UploadFailure)
  }

  /// Parts under way at once.
  private let concurrency: Int
  /// The source can be read again.
  private let isRepeatable: Bool

  private var phase = Phase.idle
  private var isSingle = false
  private var available = 0
  private var isComplete = false
  private var upload: MultipartUpload.Begun?
  private var sentParts: [Int: SentPart] = [:]
  private var sending: Set<Int> = []
  private var nextPart = 1
  private var keepsParts = false
  private var hasCancelledRequests = false
  private var hasRestarted = false
  /// A later run can go on with what this one sent.
  package var isResumable = false
  package private(set) var isPaused = false
  package private(set) var isCanceled = false
  package private(set) var outcome: Outcome?

  package init(concurrency: Int, isRepeatable: Bool) {
    self.concurrency = max(1, concurrency)
    self.isRepeatable = isRepeatable
  }

  /// Bytes that the store has.
  package var sentBytes: Int64 { sentParts.values.reduce(0) { $0 + $1.length } }

  /// Whether the part needs no more room: the store has it.
  package func hasSent(_ part: Int) -> Bool { sentParts[part] != nil }

  /// Whether pausing makes a difference now.
  package var canPause: Bool {
    switch phase {
    case .idle, .beginning, .sending: !isSingle && outcome == nil
    case .putting, .completing, .aborting, .finished: false
    }
  }

  package mutating func handle(_ event: Event) -> [Action] {
    guard phase != .finished else { return [] }
    var actions: [Action] = []
    switch event {
    case .available(let through, let isLast): (available, isComplete) = (through, isLast)
    case .availableWhole: (isSingle, isComplete) = (true, true)
    case .found(let begun, let parts):
      upload = begun
      sentParts = Dictionary(parts.map { ($0.number, $0) }) { $1 }
      phase = .sending
    case .began(let begun):
      upload = begun
      phase = .sending
    case .sent(let part):
      sending.remove(part.number)
      sentParts[part.number] = part
    case .notSent(let part, let failure):
      sending.remove(part)
      actions += fail(failure)
    case .written(let object):
      // Also when somebody has asked to cancel meanwhile: the object is there.
      outcome = .written(object)
      phase = .finished
      return [.finish]
    case .failed(let failure): actions += fail(failure)
    case .sourceFailed(let failure): if outcome == nil { outcome = .failed(failure) }
    case .aborted:
      phase = .finished
      return [.finish]
    case .pause: if canPause { isPaused = true }
    case .resume: isPaused = false
    case .cancel(let keepsParts):
      guard phase != .aborting, !isCanceled else { return [] }
      isCanceled = true
      self.keepsParts = keepsParts
      if outcome == nil { outcome = .failed(.canceled) }
    }
    return actions + advance()
  }

  /// Notes the first failure. An upload that the store has lost is begun anew, once.
  private mutating func fail(_ failure: UploadFailure) -> [Action] {
    switch phase {
    case .putting, .beginning: phase = .idle
    case .completing: phase = .sending
    case .idle, .sending, .aborting, .finished: break
    }
    guard outcome == nil, !isRestarting else { return [] }
    if failure.isLostUpload, isRepeatable, !hasRestarted {
      hasRestarted = true
      upload = nil
      return [.cancelRequests, .forget]
    }
    outcome = .failed(failure)
    return []
  }

  private mutating func advance() -> [Action] {
    if outcome != nil { return stop() }
    if isRestarting { return restart() }
    guard !isPaused else { return [] }
    switch phase {
    case .idle:
      if isSingle {
        phase = .putting
        return [.put]
      }
      guard available > 0 else { return [] }
      phase = .beginning
      return [.begin]
    case .sending:
      return send()
    case .putting, .beginning, .completing, .aborting, .finished:
      return []
    }
  }

  /// The upload is lost, and requests for its parts are still under way.
  private var isRestarting: Bool { phase == .sending && upload == nil }

  /// Begins anew when the last request of the lost upload has ended.
  private mutating func restart() -> [Action] {
    guard sending.isEmpty else { return [] }
    (sentParts, nextPart, phase) = ([:], 1, .idle)
    return advance()
  }

  private mutating func send() -> [Action] {
    guard let upload else { return [] }
    var actions: [Action] = []
    while sending.count < concurrency {
      while sentParts[nextPart] != nil { nextPart += 1 }
      guard nextPart <= available else { break }
      sending.insert(nextPart)
      actions.append(.send(part: nextPart, upload))
      nextPart += 1
    }
    if isComplete, sending.isEmpty, sentParts.count == available {
      phase = .completing
      actions.append(.complete(upload, sentParts.values.sorted { $0.number < $1.number }))
    }
    return actions
  }

  /// Ends what is under way, then whatever the store keeps of it.
  private mutating func stop() -> [Action] {
    switch phase {
    case .beginning, .completing, .aborting, .finished:
      return []
    case .putting:
      return cancelRequests()
    case .idle:
      phase = .finished
      return [.finish]
    case .sending:
      guard sending.isEmpty else { return cancelRequests() }
      guard let upload, !mayGoOnLater else {
        phase = .finished
        return [.finish]
      }
      phase = .aborting
      return [.abort(upload)]
    }
  }

  private mutating func cancelRequests() -> [Action] {
    guard !hasCancelledRequests else { return [] }
    hasCancelledRequests = true
    return [.cancelRequests]
  }

  /// Whether the parts are worth keeping: somebody may come back for them, and would not be refused again.
  private var mayGoOnLater: Bool {
    guard isResumable, case .failed(let failure) = outcome else { return false }
    return isCanceled ? keepsParts : failure.mayPass
  }
}

extension UploadFailure {
  /// The store does not know the upload any more.
  fileprivate var isLostUpload: Bool {
    if case .store(let error) = self { error.code == "NoSuchUpload" && !error.mayHaveTakenEffect } else { false }
  }

  /// The same upload may succeed another time.
  fileprivate var mayPass: Bool {
    guard case .store(let error) = self else { return false }
    return error.status == 0 || error.status >= 500 || error.status == 403 || error.status == 429
  }
}
