// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Transfer

@Suite("The progress of a transfer") struct ProgressMeterTests {
  private let begin = ContinuousClock.now

  /// Bytes that were told at each of these milliseconds, when so many had moved.
  private func told(_ moved: [(milliseconds: Int, bytes: Int64)]) -> [Int64?] {
    var meter = ProgressMeter()
    return moved.map { step in
      meter.moved(1, step.bytes)
      return meter.update(done: 0, total: 100, now: begin + .milliseconds(step.milliseconds))?.transferred
    }
  }

  @Test func bytesOnTheirWayAreToldTwentyTimesASecond() {
    #expect(told([(0, 1), (1, 2), (49, 3), (50, 4), (99, 5), (100, 6)]) == [1, nil, nil, 4, nil, 6])
    #expect(told([(0, 1), (60, 1), (61, 2), (110, 3)]) == [1, nil, nil, 3])
  }

  @Test func everythingElseIsToldAtOnce() {
    var meter = ProgressMeter()
    meter.moved(1, 10)
    #expect(meter.update(done: 0, total: 100, now: begin)?.transferred == 10)
    meter.moved(1, 40)
    #expect(meter.update(done: 0, total: 100, now: begin) == nil)
    #expect(meter.progress.transferred == 40)
    meter.ended(1)
    #expect(meter.update(done: 50, total: 100) == ByteProgress(transferred: 50, total: 100))
    #expect(meter.update(done: 50, total: 100) == nil)
    #expect(meter.update(done: 100, total: 100)?.transferred == 100)
  }

  @Test func itNeverGoesBackAndNeverBeyondTheTotal() {
    var meter = ProgressMeter()
    #expect(meter.update(done: 0, total: nil) == nil)
    meter.moved(1, 30)
    meter.moved(2, 20)
    #expect(meter.update(done: 10, total: nil)?.transferred == 60)
    meter.moved(1, 0)
    #expect(meter.update(done: 10, total: nil) == nil && meter.progress.transferred == 60)
    meter.moved(1, 90)
    #expect(meter.update(done: 10, total: 100) == ByteProgress(transferred: 100, total: 100))
    meter.ended(1)
    #expect(meter.update(done: 0, total: 100) == nil && meter.progress.transferred == 100)
  }
}
