// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WriteBackCache

@Suite("Quota gate") struct QuotaGateTests {
  private static let mebibyte: Int64 = 1 << 20

  private func reading(
    room: Int64, zone: Int64 = 0, canFree: Bool = true, progress: UInt64 = 0, time: Double = 0
  ) -> QuotaGate.Reading {
    QuotaGate.Reading(
      room: room * Self.mebibyte, slowZone: zone * Self.mebibyte, canFree: canFree, progress: progress, time: time)
  }

  /// A first call for 1 MiB: room and slow zone in MiB.
  /// SEMANTICS: room
  @Test(
    arguments: [
      (1_000, 100, true, .admit(more: 64 << 20)),
      (111, 100, true, .admit(more: 10 << 20)),
      (101, 100, true, .admit(more: 0)),
      // Half-way through the slow zone a quarter of the delay, at its end all of it.
      (51, 100, true, .delay(0.025)),
      (1, 100, true, .delay(0.1)),
      (0, 100, true, .wait(0.25)),
      (-50, 100, true, .wait(0.25)),
      // Nothing can free room: no delay, and no waiting.
      (51, 100, false, .admit(more: 0)),
      (1, 100, false, .admit(more: 0)),
      (0, 100, false, .wait(0.25)),
      (0, 0, true, .wait(0.25)),
      (5, 0, true, .admit(more: 4 << 20)),
    ] as [(Int64, Int64, Bool, QuotaGate.Verdict)])
  func firstCall(room: Int64, zone: Int64, canFree: Bool, expected: QuotaGate.Verdict) {
    var gate = QuotaGate()
    #expect(gate.ask(1 << 20, reading(room: room, zone: zone, canFree: canFree)) == expected)
  }

  /// SEMANTICS: room
  @Test func aSmallWriteIsDelayedLess() {
    var gate = QuotaGate()
    guard case .delay(let seconds) = gate.ask(4_096, reading(room: 1, zone: 100)) else {
      Issue.record("not delayed")
      return
    }
    #expect(seconds > 0 && seconds < 0.001)
  }

  /// Each step: seconds, room in MiB, progress, what can free, and what is said.
  /// SEMANTICS: room
  @Test(
    arguments: [
      // No progress: the end after 55 s.
      [(0, 0, 1, true, .wait(0.25)), (54.9, 0, 1, true, .wait(0.1)), (55, 0, 1, true, .refuse)],
      // Progress of an upload begins the time anew.
      [
        (0, 0, 1, true, .wait(0.25)), (54, 0, 2, true, .wait(0.25)), (108, 0, 2, true, .wait(0.25)),
        (109, 0, 2, true, .refuse),
      ],
      // So does room, even if it is too little.
      [(0, -9, 1, true, .wait(0.25)), (54, -2, 1, true, .wait(0.25)), (60, -2, 1, true, .wait(0.25))],
      // Less room is no progress; getting back what was lost is.
      [(0, 0, 1, true, .wait(0.25)), (54, -5, 1, true, .wait(0.25)), (56, -5, 1, true, .refuse)],
      // What could free room has failed for good meanwhile.
      [(0, 0, 1, true, .wait(0.25)), (1, 0, 1, false, .wait(0.25)), (2, 0, 1, false, .refuse)],
      // Nothing could from the start.
      [(0, 0, 1, false, .wait(0.25)), (0.9, 0, 1, false, .wait(0.25)), (1, 0, 1, false, .refuse)],
      // A file is closed in the last moment.
      [(0, 0, 1, false, .wait(0.25)), (0.9, 0, 1, true, .wait(0.25)), (1, 0, 1, false, .wait(0.25))],
      // Room: the writer has waited, and is not delayed as well.
      [(0, 0, 1, true, .wait(0.25)), (1, 2, 2, true, .admit(more: 0))],
    ] as [[(Double, Int64, UInt64, Bool, QuotaGate.Verdict)]])
  func waiting(steps: [(Double, Int64, UInt64, Bool, QuotaGate.Verdict)]) {
    var gate = QuotaGate()
    for (time, room, progress, canFree, expected) in steps {
      let verdict = gate.ask(1 << 20, reading(room: room, zone: 100, canFree: canFree, progress: progress, time: time))
      if case .wait(let seconds) = verdict, case .wait(let wanted) = expected {
        #expect(abs(seconds - wanted) < 1e-6, "at \(time)")
      } else {
        #expect(verdict == expected, "at \(time)")
      }
    }
  }

  // MARK: Room

  @Test(
    arguments: [
      // Limit, reserve, used, free of 1,000: room and slow zone.
      (nil, .bytes(0), 500, 700, 700, 0),
      (nil, .percent(5), 500, 700, 650, 5),
      (nil, .automatic, 500, 700, 650, 5),
      (100, .bytes(0), 30, 700, 70, 10),
      (100, .bytes(0), 130, 700, -30, 10),
      // The nearer limit counts.
      (500, .bytes(100), 100, 150, 50, 10),
      (500, .bytes(100), 450, 700, 50, 50),
    ] as [(Int64?, QuotaLimits.Reserve, Int64, Int64, Int64, Int64)])
  func room(size: Int64?, reserve: QuotaLimits.Reserve, used: Int64, free: Int64, room: Int64, zone: Int64) {
    let reading = CacheRoom.reading(
      QuotaLimits(size: size, reserve: reserve), used: { used }, disk: (free: free, all: 1_000))
    #expect(reading.room == room && reading.slowZone == zone)
  }

  /// SEMANTICS: room
  @Test func theAutomaticReserveIsAGibibyteAtMost() {
    #expect(QuotaLimits.Reserve.automatic.bytes(ofDisk: 1 << 50) == 1 << 30)
    #expect(QuotaLimits.Reserve.automatic.bytes(ofDisk: 20 << 20) == 1 << 20)
  }
}
