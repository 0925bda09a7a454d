// SPDX-License-Identifier: Apache-2.0
//
// What to do next in a download. Pure: events in, actions out.
//
// For: ObjectDownload, which carries the actions out and reports how they ended. A download opens its destination and asks for
// the object's head, fetches ranges, and installs the result; or it closes the destination and has failed. State: the phase,
// which ranges are there and under way, the checksum of the ranges from the first one on, and what was asked for from outside.
// Not thread-safe: a value inside of the download's lock.
// Opening, fetching, installing and closing end in exactly one event each, also when they were cancelled. So the destination is
// closed once, when nothing writes to it any more.

package struct DownloadMachine: Sendable {
  package enum Event: Sendable {
    case start
    /// The object is known, and its destination open. `crc32` is that of all wanted bytes, where the store tells; `done` has
    /// the checksums of the ranges that are there already.
    case opened(DownloadPlan, crc32: UInt32?, done: [Int: UInt32])
    /// All bytes of a range have come; they are being put in their place. `fetched` or `notFetched` follows.
    case received(Int)
    /// A range is in its place.
    case fetched(Int, crc32: UInt32)
    case notFetched(Int, DownloadFailure)
    case installed
    /// Opening or installing failed.
    case failed(DownloadFailure)
    case closed
    case pause
    case resume
    /// - keepsPartial: a later download may go on.
    case cancel(keepsPartial: Bool)
  }

  package enum Action: Sendable, Equatable {
    case open
    case fetch(Int)
    /// All is there and checked: give it to its owner.
    case install
    /// Ends the requests under way; they report back all the same.
    case cancelRequests
    case close(keepsPartial: Bool)
    case finish
  }

  private enum Phase: Equatable {
    case idle, opening, fetching, installing, closing, finished
  }

  package enum Outcome: Sendable {
    /// - isVerified: the store told a checksum, and it is right.
    case downloaded(isVerified: Bool)
    case failed(DownloadFailure)
  }

  /// Ranges that come at once.
  private let concurrency: Int
  /// Makes the failure that names the object.
  private let mismatch: @Sendable (_ expected: UInt32, _ counted: UInt32) -> DownloadFailure

  private var phase = Phase.idle
  private var plan: DownloadPlan?
  private var expected: UInt32?
  /// Checksums of the ranges that are there; those that ``counted`` has are gone from it.
  private var pending: [Int: UInt32] = [:]
  /// How many ranges from the first one on are in ``crc32``.
  private var counted = 0
  private var crc32 = CRC32().value
  /// Ranges under way.
  private var fetching: Set<Int> = []
  /// Those of them whose bytes have come.
  private var received: Set<Int> = []
  private var nextRange = 0
  private var keepsPartial: Bool?
  private var hasCancelledRequests = false
  /// Bytes that are in their place.
  package private(set) var doneBytes: Int64 = 0
  package private(set) var isPaused = false
  package private(set) var isCanceled = false
  package private(set) var outcome: Outcome?

  package init(
    concurrency: Int, mismatch: @escaping @Sendable (_ expected: UInt32, _ counted: UInt32) -> DownloadFailure
  ) {
    self.concurrency = max(1, concurrency)
    self.mismatch = mismatch
  }

  /// Ranges under way at most, those on their way from memory to their place included: the network need not wait for the disk.
  package static func rangesAtOnce(_ concurrency: Int) -> Int { max(1, concurrency) + 2 }

  /// Whether pausing makes a difference now.
  package var canPause: Bool {
    switch phase {
    case .idle, .opening, .fetching: outcome == nil
    case .installing, .closing, .finished: false
    }
  }

  package mutating func handle(_ event: Event) -> [Action] {
    guard phase != .finished else { return [] }
    switch event {
    case .start:
      guard phase == .idle else { return [] }
      phase = .opening
      return [.open]
    case .opened(let plan, let crc32, let done):
      (self.plan, expected, phase) = (plan, crc32, .fetching)
      for (index, crc32) in done { take(index, crc32) }
    case .received(let index):
      if fetching.contains(index) { received.insert(index) }
    case .fetched(let index, let crc32):
      end(index)
      take(index, crc32)
    case .notFetched(let index, let failure):
      end(index)
      fail(failure)
    case .installed:
      // Also when somebody has asked to cancel meanwhile: the file is there.
      outcome = .downloaded(isVerified: expected != nil)
      phase = .finished
      return [.finish]
    case .failed(let failure):
      phase = .fetching
      fail(failure)
    case .closed:
      phase = .finished
      return [.finish]
    case .pause: if canPause { isPaused = true }
    case .resume: isPaused = false
    case .cancel(let keepsPartial):
      guard phase != .closing, !isCanceled else { return [] }
      isCanceled = true
      if outcome == nil { (outcome, self.keepsPartial) = (.failed(.canceled), keepsPartial) }
    }
    return advance()
  }

  private mutating func end(_ index: Int) {
    fetching.remove(index)
    received.remove(index)
  }

  /// Notes a range, and counts it in if all before it are.
  private mutating func take(_ index: Int, _ crc32: UInt32) {
    guard let plan else { return }
    pending[index] = crc32
    doneBytes += Int64(plan.range(index).count)
    while let next = pending.removeValue(forKey: counted) {
      self.crc32 = CRC32.combine(self.crc32, next, length: Int64(plan.range(counted).count))
      counted += 1
    }
  }

  /// Notes the first failure.
  private mutating func fail(_ failure: DownloadFailure) {
    if outcome == nil { outcome = .failed(failure) }
  }

  private mutating func advance() -> [Action] {
    if outcome != nil { return stop() }
    guard !isPaused, phase == .fetching, let plan else { return [] }
    var actions: [Action] = []
    while fetching.count - received.count < concurrency, fetching.count < DownloadMachine.rangesAtOnce(concurrency) {
      while nextRange < counted || pending[nextRange] != nil { nextRange += 1 }
      guard nextRange < plan.count else { break }
      fetching.insert(nextRange)
      actions.append(.fetch(nextRange))
      nextRange += 1
    }
    guard fetching.isEmpty, counted == plan.count else { return actions }
    if let expected, expected != crc32 {
      fail(mismatch(expected, crc32))
      return stop()
    }
    phase = .installing
    return [.install]
  }

  /// Ends what is under way, then closes the destination.
  private mutating func stop() -> [Action] {
    switch phase {
    case .installing, .closing, .finished:
      return []
    case .idle:
      phase = .finished
      return [.finish]
    case .opening:
      return cancelRequests()
    case .fetching:
      guard fetching.isEmpty else { return cancelRequests() }
      phase = .closing
      guard case .failed(let failure) = outcome else { return [.close(keepsPartial: true)] }
      return [.close(keepsPartial: keepsPartial ?? failure.keepsPartial)]
    }
  }

  private mutating func cancelRequests() -> [Action] {
    guard !hasCancelledRequests else { return [] }
    hasCancelledRequests = true
    return [.cancelRequests]
  }
}
