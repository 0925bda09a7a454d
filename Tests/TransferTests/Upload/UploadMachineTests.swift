// SPDX-License-Identifier: Apache-2.0

import S3Client
import TestSupport
import Testing

@testable import Transfer

@Suite("Upload machine") struct UploadMachineTests {
  private static let begun = MultipartUpload.Begun(id: UploadID("u"), checksums: .fullObject)
  private static let object = WrittenObject(etag: ETag("e"))

  private static func part(_ number: Int) -> SentPart {
    SentPart(number: number, length: 10, etag: ETag("\(number)"), crc32: 0)
  }

  private static func error(_ code: String, _ status: Int) -> UploadFailure {
    .store(S3Error(code: code, message: "", status: status, operation: "UploadPart", bucket: "b"))
  }

  private static func machine(resumable: Bool = false, repeatable: Bool = true) -> UploadMachine {
    var machine = UploadMachine(concurrency: 2, isRepeatable: repeatable)
    machine.isResumable = resumable
    return machine
  }

  /// Feeds events one after the other, and compares what each leads to.
  private func run(_ machine: inout UploadMachine, _ steps: [(UploadMachine.Event, [UploadMachine.Action])]) {
    for (index, (event, actions)) in steps.enumerated() {
      let found = machine.handle(event)
      #expect(found == actions, "step \(index): \(event)")
    }
  }

  private func wasWritten(_ machine: UploadMachine) -> Bool {
    if case .written = machine.outcome { true } else { false }
  }

  @Test func aSmallObjectIsOneRequest() {
    var machine = Self.machine()
    run(&machine, [(.availableWhole, [.put]), (.pause, []), (.written(Self.object), [.finish]), (.aborted, [])])
    #expect(wasWritten(machine))
  }

  @Test func partsAreSentInOrderAndNeverTooManyAtOnce() {
    var machine = Self.machine()
    let begun = Self.begun
    run(
      &machine,
      [
        (.available(through: 3, isLast: true), [.begin]),
        (.began(begun), [.send(part: 1, begun), .send(part: 2, begun)]),
        (.sent(Self.part(2)), [.send(part: 3, begun)]),
        (.sent(Self.part(3)), []),
        (.sent(Self.part(1)), [.complete(begun, [1, 2, 3].map(Self.part))]),
        (.written(Self.object), [.finish]),
      ])
  }

  @Test func aSequenceGrowsUntilItsEndIsKnown() {
    var machine = Self.machine(repeatable: false)
    let begun = Self.begun
    run(
      &machine,
      [
        (.available(through: 1, isLast: false), [.begin]),
        (.began(begun), [.send(part: 1, begun)]),
        (.sent(Self.part(1)), []),
        (.available(through: 2, isLast: true), [.send(part: 2, begun)]),
        (.sent(Self.part(2)), [.complete(begun, [1, 2].map(Self.part))]),
      ])
  }

  @Test func partsOfAnEarlierRunAreNotSentAgain() {
    var machine = Self.machine(resumable: true)
    let begun = Self.begun
    run(
      &machine,
      [
        (.found(begun, [Self.part(1), Self.part(3)]), []),
        (.available(through: 4, isLast: true), [.send(part: 2, begun), .send(part: 4, begun)]),
      ])
    #expect(machine.sentBytes == 20)
  }

  @Test func pausingFinishesWhatIsUnderWayAndStartsNothing() {
    var machine = Self.machine()
    let begun = Self.begun
    run(
      &machine,
      [
        (.available(through: 3, isLast: true), [.begin]),
        (.pause, []),
        (.began(begun), []),
        (.resume, [.send(part: 1, begun), .send(part: 2, begun)]),
        (.sent(Self.part(1)), [.send(part: 3, begun)]),
        (.pause, []),
        (.sent(Self.part(2)), []),
        (.sent(Self.part(3)), []),
        (.resume, [.complete(begun, [1, 2, 3].map(Self.part))]),
      ])
  }

  @Test func cancellingDuringTheBeginningAbortsWhatWasBegun() {
    var machine = Self.machine()
    run(
      &machine,
      [
        (.available(through: 3, isLast: true), [.begin]),
        (.cancel(keepsParts: false), []),
        (.began(Self.begun), [.abort(Self.begun)]),
        (.aborted, [.finish]),
      ])
    guard case .failed(.canceled) = machine.outcome else {
      Issue.record("\(String(describing: machine.outcome))")
      return
    }
  }

  @Test func aSourceThatFailsDuringTheBeginningLeavesNothing() {
    var machine = Self.machine(repeatable: false)
    run(
      &machine,
      [
        (.available(through: 1, isLast: false), [.begin]),
        (.sourceFailed(.source("broken")), []),
        (.began(Self.begun), [.abort(Self.begun)]),
        (.aborted, [.finish]),
      ])
  }

  @Test func noAbortIsSentWhileAPartIsUnderWay() {
    var machine = Self.machine()
    let begun = Self.begun
    run(
      &machine,
      [
        (.available(through: 3, isLast: true), [.begin]),
        (.began(begun), [.send(part: 1, begun), .send(part: 2, begun)]),
        (.cancel(keepsParts: false), [.cancelRequests]),
        (.sent(Self.part(1)), []),
        (.notSent(part: 2, .canceled), [.abort(begun)]),
        (.aborted, [.finish]),
      ])
  }

  @Test func partsAreKeptForALaterRunThatWasAnnounced() {
    var machine = Self.machine(resumable: true)
    let begun = Self.begun
    run(
      &machine,
      [
        (.available(through: 3, isLast: true), [.begin]),
        (.began(begun), [.send(part: 1, begun), .send(part: 2, begun)]),
        (.cancel(keepsParts: true), [.cancelRequests]),
        (.notSent(part: 1, .canceled), []),
        (.notSent(part: 2, .canceled), [.finish]),
      ])
  }

  @Test func anObjectThatIsThereIsNotCancelled() {
    var machine = Self.machine()
    run(
      &machine,
      [
        (.available(through: 1, isLast: true), [.begin]),
        (.began(Self.begun), [.send(part: 1, Self.begun)]),
        (.sent(Self.part(1)), [.complete(Self.begun, [Self.part(1)])]),
        (.cancel(keepsParts: false), []),
        (.written(Self.object), [.finish]),
      ])
    #expect(wasWritten(machine))
  }

  /// What a later run would only be refused again is removed; what may pass is kept.
  @Test(
    arguments: [("TransportError", 0, true), ("InternalError", 500, true), ("PreconditionFailed", 412, false)]
      as [(String, Int, Bool)])
  func aFailureKeepsThePartsIfTheyAreOfUse(code: String, status: Int, isKept: Bool) {
    var machine = Self.machine(resumable: true)
    let begun = Self.begun
    run(
      &machine,
      [
        (.available(through: 1, isLast: true), [.begin]),
        (.began(begun), [.send(part: 1, begun)]),
        (.sent(Self.part(1)), [.complete(begun, [Self.part(1)])]),
        (.failed(Self.error(code, status)), isKept ? [.finish] : [.abort(begun)]),
      ])
  }

  @Test func aLostUploadIsBegunAnewOnce() {
    var machine = Self.machine(resumable: true)
    let begun = Self.begun
    let lost = Self.error("NoSuchUpload", 404)
    run(
      &machine,
      [
        (.found(begun, [Self.part(1)]), []),
        (.available(through: 3, isLast: true), [.send(part: 2, begun), .send(part: 3, begun)]),
        (.notSent(part: 2, lost), [.cancelRequests, .forget]),
        (.notSent(part: 3, .canceled), [.begin]),
        (.began(begun), [.send(part: 1, begun), .send(part: 2, begun)]),
        (.notSent(part: 1, lost), [.cancelRequests]),
        (.notSent(part: 2, lost), [.abort(begun)]),
        (.aborted, [.finish]),
      ])
  }

  @Test func aLostUploadOfASequenceFails() {
    var machine = Self.machine(repeatable: false)
    let begun = Self.begun
    run(
      &machine,
      [
        (.available(through: 1, isLast: false), [.begin]),
        (.began(begun), [.send(part: 1, begun)]),
        (.notSent(part: 1, Self.error("NoSuchUpload", 404)), [.abort(begun)]),
      ])
  }

  /// Whatever happens in whatever order: one end, at most `concurrency` parts at once, nothing left behind.
  @Test(arguments: 0..<400) func alwaysEndsOnceAndLeavesNothing(seed: UInt64) {
    var random = SplitMix(state: seed)
    var machine = Self.machine(resumable: false, repeatable: seed % 2 == 0)
    var parts: Set<Int> = []
    var requests: [UploadMachine.Action] = []
    var begun = 0
    var finishes = 0
    let count = Int.random(in: 1...6, using: &random)
    var inputs: [UploadMachine.Event] = [.available(through: count, isLast: true)]
    if seed % 3 == 0 { inputs.append(.cancel(keepsParts: false)) }
    if seed % 7 == 0 { inputs.append(.sourceFailed(.source("broken"))) }
    if seed % 5 == 0 { inputs += [.pause, .resume] }
    func take(_ actions: [UploadMachine.Action]) {
      for action in actions {
        switch action {
        case .send(let part, _):
          #expect(parts.insert(part).inserted)
          requests.append(action)
        case .begin, .complete, .put: requests.append(action)
        case .abort:
          #expect(parts.isEmpty)
          requests.append(action)
        case .finish: finishes += 1
        case .cancelRequests, .forget: break
        }
      }
      #expect(parts.count <= 2)
    }
    while !inputs.isEmpty || !requests.isEmpty {
      if !inputs.isEmpty, requests.isEmpty || Bool.random(using: &random) {
        take(machine.handle(inputs.removeFirst()))
        continue
      }
      let fails = Int.random(in: 0..<8, using: &random) == 0
      let failure = Self.error(Bool.random(using: &random) ? "NoSuchUpload" : "AccessDenied", 404)
      switch requests.remove(at: Int.random(in: 0..<requests.count, using: &random)) {
      case .begin:
        if !fails { begun += 1 }
        take(machine.handle(fails ? .failed(failure) : .began(Self.begun)))
      case .send(let part, _):
        parts.remove(part)
        take(machine.handle(fails ? .notSent(part: part, failure) : .sent(Self.part(part))))
      case .complete(_, let sent):
        #expect(sent.map(\.number) == Array(1...count))
        if !fails { begun = 0 }
        take(machine.handle(fails ? .failed(failure) : .written(Self.object)))
      case .abort:
        begun = 0
        take(machine.handle(.aborted))
      case .put, .cancelRequests, .forget, .finish: break
      }
      // An upload that the store says it has lost is not there to be aborted.
      if fails, case .store(let error) = failure, error.code == "NoSuchUpload" { begun = max(0, begun - 1) }
    }
    #expect(finishes == 1)
    #expect(begun <= 0)
    #expect(parts.isEmpty)
  }
}
