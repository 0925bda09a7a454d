// SPDX-License-Identifier: Apache-2.0

import S3Client
import TestSupport
import Testing
import Transfer

@Suite("Download machine") struct DownloadMachineTests {
  typealias Event = DownloadMachine.Event
  typealias Action = DownloadMachine.Action

  /// Three ranges: 64 KiB, 64 KiB, 1 byte.
  private static let plan = DownloadPlan(objectSize: 131_073, rangeSize: 65_536)!
  private static let bytes = [65_536, 65_536, 1].enumerated().map { Noise.bytes($1, seed: UInt64($0 + 1)) }
  private static let sums = bytes.map(Noise.crc32)
  private static let whole = Noise.crc32(bytes.flatMap { $0 })
  private static let refused = DownloadFailure.store(
    S3Error(code: "AccessDenied", message: "", status: 403, operation: "GetObject", bucket: "b"))
  private static let missing = DownloadFailure.store(
    S3Error(code: "NotFound", message: "", status: 404, operation: "HeadObject", bucket: "b"))

  private static func opened(_ crc32: UInt32? = whole, done: [Int: UInt32] = [:]) -> Event {
    .opened(plan, crc32: crc32, done: done)
  }

  private static func fetched(_ index: Int) -> Event { .fetched(index, crc32: sums[index]) }

  private func machine(concurrency: Int = 2) -> DownloadMachine {
    DownloadMachine(concurrency: concurrency) { .checksumMismatch("k", expected: $0, counted: $1) }
  }

  /// Sends the events in turn and compares what each one calls for.
  private func play(
    _ steps: [(Event, [Action])], concurrency: Int = 2, sourceLocation: SourceLocation = #_sourceLocation
  ) -> DownloadMachine {
    var machine = machine(concurrency: concurrency)
    for (number, (event, expected)) in steps.enumerated() {
      let actions = machine.handle(event)
      #expect(actions == expected, "step \(number)", sourceLocation: sourceLocation)
    }
    return machine
  }

  private func outcome(_ machine: DownloadMachine) -> String {
    switch machine.outcome {
    case .downloaded(let isVerified): isVerified ? "verified" : "downloaded"
    case .failed(let failure): failure.name
    case nil: "none"
    }
  }

  @Test func fetchesAllInAnyOrder() {
    let machine = play([
      (.start, [.open]), (.start, []), (Self.opened(), [.fetch(0), .fetch(1)]), (Self.fetched(1), [.fetch(2)]),
      (Self.fetched(2), []), (Self.fetched(0), [.install]), (.installed, [.finish]), (.cancel(keepsPartial: false), []),
    ])
    #expect(outcome(machine) == "verified" && machine.doneBytes == 131_073)
  }

  /// A range that has come makes room for the next one; but no more than two wait for the disk.
  @Test func theNetworkDoesNotWaitForTheDisk() {
    let plan = DownloadPlan(objectSize: 7 << 16, wanted: nil, rangeSize: 1 << 16)!
    let machine = play([
      (.start, [.open]), (.opened(plan, crc32: nil, done: [:]), [.fetch(0), .fetch(1)]), (.received(1), [.fetch(2)]),
      (.received(0), [.fetch(3)]), (.received(2), []), (.fetched(1, crc32: 0), [.fetch(4)]), (.received(3), []),
      (.fetched(0, crc32: 0), [.fetch(5)]), (.fetched(2, crc32: 0), []), (.received(6), []),
      (.notFetched(3, .canceled), [.cancelRequests]), (.received(4), []), (.fetched(4, crc32: 0), []),
      (.notFetched(5, .canceled), [.close(keepsPartial: false)]), (.closed, [.finish]),
    ])
    #expect(machine.doneBytes == 4 << 16)
  }

  @Test func withoutAChecksumNothingIsCompared() {
    let machine = play(
      [
        (.start, [.open]), (Self.opened(nil), [.fetch(0), .fetch(1), .fetch(2)]), (Self.fetched(1), []),
        (Self.fetched(2), []), (.fetched(0, crc32: 1), [.install]), (.installed, [.finish]),
      ], concurrency: 9)
    #expect(outcome(machine) == "downloaded")
  }

  @Test func aWrongChecksumRemovesThePartialFile() {
    let machine = play([
      (.start, [.open]), (Self.opened(), [.fetch(0), .fetch(1)]), (Self.fetched(1), [.fetch(2)]), (Self.fetched(2), []),
      (.fetched(0, crc32: Self.sums[0] ^ 1), [.close(keepsPartial: false)]), (.closed, [.finish]),
    ])
    #expect(outcome(machine) == "checksumMismatch")
  }

  @Test func anEmptyObjectIsInstalledAtOnce() throws {
    let empty = try #require(DownloadPlan(objectSize: 0, rangeSize: 65_536))
    let machine = play([
      (.start, [.open]), (.opened(empty, crc32: 0, done: [:]), [.install]), (.installed, [.finish]),
    ])
    #expect(outcome(machine) == "verified")
  }

  @Test(
    arguments: [
      ([0], [.fetch(1), .fetch(2)]), ([1], [.fetch(0), .fetch(2)]), ([0, 1], [.fetch(2)]), ([1, 2], [.fetch(0)]),
      ([0, 1, 2], [.install]),
    ] as [([Int], [DownloadMachine.Action])])
  func goesOnWithWhatIsThere(done: [Int], expected: [DownloadMachine.Action]) {
    var machine = play([(.start, [.open])])
    let there = Dictionary(uniqueKeysWithValues: done.map { ($0, Self.sums[$0]) })
    let actions = machine.handle(Self.opened(done: there))
    #expect(actions == expected)
    #expect(machine.doneBytes == done.reduce(0) { $0 + Int64(Self.plan.range($1).count) })
    for index in 0..<3 where !done.contains(index) { _ = machine.handle(Self.fetched(index)) }
    let last = machine.handle(.installed)
    #expect(last == [.finish])
    #expect(outcome(machine) == "verified")
  }

  @Test func aFailureWaitsForTheRequestsUnderWay() {
    let machine = play([
      (.start, [.open]), (Self.opened(), [.fetch(0), .fetch(1)]), (.notFetched(0, Self.refused), [.cancelRequests]),
      (.notFetched(1, .canceled), [.close(keepsPartial: true)]), (.closed, [.finish]),
    ])
    #expect(outcome(machine) == "store")
  }

  @Test func aRangeThatArrivesAfterTheFailureCounts() {
    let machine = play([
      (.start, [.open]), (Self.opened(), [.fetch(0), .fetch(1)]),
      (.notFetched(0, .diskFull(path: "p")), [.cancelRequests]),
      (Self.fetched(1), [.close(keepsPartial: true)]), (.closed, [.finish]),
    ])
    #expect(outcome(machine) == "diskFull" && machine.doneBytes == 65_536)
  }

  @Test(
    arguments: [
      (.changed("k"), false), (refused, true), (missing, false), (.diskFull(path: ""), true),
      (.exists(path: ""), false),
      (.destination(path: "", reason: ""), true),
    ] as [(DownloadFailure, Bool)])
  func keepsWhatMayBeOfUse(failure: DownloadFailure, keeps: Bool) {
    _ = play(
      [
        (.start, [.open]), (Self.opened(), [.fetch(0)]), (.notFetched(0, failure), [.close(keepsPartial: keeps)]),
        (.closed, [.finish]),
      ], concurrency: 1)
  }

  @Test func failsToOpen() {
    let machine = play([
      (.start, [.open]), (.failed(Self.missing), [.close(keepsPartial: false)]), (.closed, [.finish]),
    ])
    #expect(outcome(machine) == "store")
  }

  @Test func failsToInstall() {
    let machine = play([
      (.start, [.open]), (Self.opened(done: [0: Self.sums[0], 1: Self.sums[1], 2: Self.sums[2]]), [.install]),
      (.failed(.exists(path: "p")), [.close(keepsPartial: false)]), (.closed, [.finish]),
    ])
    #expect(outcome(machine) == "exists")
  }

  @Test(arguments: [true, false])
  func cancels(keeps: Bool) {
    let machine = play([
      (.start, [.open]), (Self.opened(), [.fetch(0), .fetch(1)]), (.cancel(keepsPartial: keeps), [.cancelRequests]),
      (.cancel(keepsPartial: !keeps), []), (.notFetched(1, .canceled), []),
      (.notFetched(0, .canceled), [.close(keepsPartial: keeps)]), (.closed, [.finish]),
    ])
    #expect(outcome(machine) == "canceled" && machine.isCanceled)
  }

  @Test func cancelsBeforeTheStart() {
    #expect(outcome(play([(.cancel(keepsPartial: false), [.finish]), (.start, [])])) == "canceled")
  }

  @Test func cancelsWhileItOpens() {
    let failed = play([
      (.start, [.open]), (.cancel(keepsPartial: true), [.cancelRequests]),
      (.failed(.canceled), [.close(keepsPartial: true)]), (.closed, [.finish]),
    ])
    #expect(outcome(failed) == "canceled")
    let opened = play([
      (.start, [.open]), (.cancel(keepsPartial: false), [.cancelRequests]),
      (Self.opened(), [.close(keepsPartial: false)]), (.closed, [.finish]),
    ])
    #expect(outcome(opened) == "canceled")
  }

  @Test func aFileThatIsThereIsNotCancelled() {
    let machine = play([
      (.start, [.open]), (Self.opened(done: [0: Self.sums[0], 1: Self.sums[1], 2: Self.sums[2]]), [.install]),
      (.cancel(keepsPartial: false), []), (.installed, [.finish]),
    ])
    #expect(outcome(machine) == "verified")
  }

  @Test func pausesAndGoesOn() {
    var machine = play([
      (.start, [.open]), (Self.opened(), [.fetch(0), .fetch(1)]), (.pause, []), (Self.fetched(0), []),
      (Self.fetched(1), []),
    ])
    #expect(machine.isPaused)
    let next = machine.handle(.resume)
    #expect(next == [.fetch(2)] && !machine.isPaused)
    let paused = [machine.handle(.pause), machine.handle(Self.fetched(2))]
    #expect(paused == [[], []])
    let install = machine.handle(.resume)
    #expect(install == [.install])
    #expect(!machine.canPause)
  }

  @Test func pausedWhileItOpensItFetchesNothing() {
    _ = play([
      (.pause, []), (.start, [.open]), (Self.opened(), []), (.resume, [.fetch(0), .fetch(1)]), (.pause, []),
      (.cancel(keepsPartial: true), [.cancelRequests]), (.notFetched(0, .canceled), []),
      (.notFetched(1, .canceled), [.close(keepsPartial: true)]),
    ])
  }
}
