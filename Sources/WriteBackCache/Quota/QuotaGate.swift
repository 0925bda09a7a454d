// SPDX-License-Identifier: Apache-2.0
//
// Whether a writer may go on, is slowed, waits for room, or is told that there is none. Pure: readings in, verdicts out.
//
// For: CacheQuota, one value for each call of a writer. State: when the last progress was seen. Near a limit writers are slowed,
// the more the nearer, as long as uploads free room meanwhile. At the limit they wait while uploads make progress, and for up
// to `patience` seconds without any. When nothing can free room they hear so after a second: everything is parked or paused, or open
// and not in the bucket.
// What can go wrong: writers that come at the same moment are told of the same room, so a limit can be passed by one write of
// each (1 MiB).

struct QuotaGate {
  /// What is so at a moment.
  struct Reading: Equatable {
    /// Bytes that may be added; negative when a limit is passed already.
    var room: Int64
    /// Bytes of room below which writers are slowed; 0 for never.
    var slowZone: Int64
    /// Something may free room: uploads that run or are planned, clean bytes.
    var canFree: Bool
    /// Changes whenever uploads get on.
    var progress: UInt64
    /// Monotonic seconds.
    var time: Double
  }

  enum Verdict: Equatable {
    /// May write, and as many bytes more without asking.
    case admit(more: Int64)
    /// May write after so many seconds.
    case delay(Double)
    /// Asks again when something was freed, at the latest after so many seconds.
    case wait(Double)
    /// There is no room, and none to be expected.
    case refuse
  }

  /// Seconds without progress; as long as a request with all its retries.
  static let patience = 55.0
  /// Seconds that a write of 1 MiB waits at most before the limit: 10 MiB/s for each writer.
  static let longestDelay = 0.1
  /// Bytes that are admitted without looking again, at most: others use the disk, too.
  static let stride: Int64 = 64 << 20
  /// Seconds that must pass with nothing that could free room: what was just closed is given up a moment later.
  static let grace = 1.0
  private static let pollInterval = 0.25

  private var stuckSince: Double?
  private var last: (room: Int64, progress: UInt64, time: Double)?

  /// Asks for `bytes` more.
  mutating func ask(_ bytes: Int64, _ reading: Reading) -> Verdict {
    let left = reading.room - bytes
    if left >= 0 {
      let budget = left - reading.slowZone
      // With nothing to wait for, slowing down only puts the end off.
      if budget >= 0 || !reading.canFree { return .admit(more: max(0, min(budget, QuotaGate.stride))) }
      // One that has waited goes on.
      if last != nil { return .admit(more: 0) }
      let nearness = 1 - Double(left) / Double(reading.slowZone)
      return .delay(QuotaGate.longestDelay * nearness * nearness * min(1, Double(bytes) / Double(1 << 20)))
    }
    guard reading.canFree else {
      let since = stuckSince ?? reading.time
      stuckSince = since
      return reading.time - since < QuotaGate.grace ? .wait(QuotaGate.pollInterval) : .refuse
    }
    stuckSince = nil
    guard let last, last.room >= reading.room, last.progress == reading.progress else {
      self.last = (reading.room, reading.progress, reading.time)
      return .wait(QuotaGate.pollInterval)
    }
    // Others may take what is freed: less room is no progress, and neither is it the end.
    self.last?.room = reading.room
    let waited = reading.time - last.time
    return waited < QuotaGate.patience ? .wait(min(QuotaGate.pollInterval, QuotaGate.patience - waited)) : .refuse
  }
}
