// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import HTTPTransport

@Suite struct TransferClockTests {
  typealias Verdict = TransferClock.Verdict

  @Test(arguments: [
    // At, connected, with the last byte at 12, verdict: started at 10, stall after 5, deadline after 20.
    (16.9, true, Verdict.wait(until: 17)), (17, true, .stalled), (29, true, .stalled), (30, true, .timedOut),
    (26, false, .wait(until: 30)), (20, false, .wait(until: 25)), (30, false, .timedOut),
  ])
  func verdicts(now: Double, isConnected: Bool, verdict: Verdict) {
    var clock = TransferClock(started: 10, stallTimeout: 5, totalTimeout: 20)
    clock.progressed(at: 12)
    #expect(clock.verdict(at: now, isConnected: isConnected) == verdict)
  }

  @Test(arguments: [
    (5.0, 20.0 as Double?, 15.0), (5, 3, 13), (5, nil, 15), (0, 20, 30), (.nan, nil, .infinity), (.infinity, 0, 10),
  ])
  func theFirstCheck(stall: Double, total: Double?, expected: Double) {
    #expect(TransferClock(started: 10, stallTimeout: stall, totalTimeout: total).firstCheck == expected)
  }

  @Test func anOlderByteDoesNotTurnTheClockBack() {
    var clock = TransferClock(started: 10, stallTimeout: 5, totalTimeout: nil)
    clock.progressed(at: 14)
    clock.progressed(at: 11)
    #expect(clock.verdict(at: 18, isConnected: true) == .wait(until: 19))
  }

  @Test func withoutLimitsNothingEnds() {
    var clock = TransferClock(started: 10, stallTimeout: 0, totalTimeout: nil)
    #expect(clock.verdict(at: 1e9, isConnected: true) == .wait(until: .infinity))
  }
}
