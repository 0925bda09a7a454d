// SPDX-License-Identifier: Apache-2.0
//
// Holds writers back when the cache has no room: `cache-size` and `cache-min-free`.
//
// For: the writer of a local copy, which calls admit(_:) before it adds bytes. State: bytes that may be written before anybody
// has to look again, behind one lock; that lock is all that a write costs far from a limit. Who looks counts the blocks of the
// data files (one fstat each) and asks the disk. Blocks, on file-system workers only; nothing else may be locked.
// A writer that has to wait makes others hurry: closed files are uploaded at once, clean bytes are given up.
// What can go wrong: no room comes; the writer gets ENOSPC, and what it wrote before is kept.

private import Glibc
import Locking
import Logging

final class CacheQuota: Sendable {
  /// What the cache knows and does about its room.
  struct Hands: Sendable {
    /// Told for how many bytes.
    var read: @Sendable (Int64) -> QuotaGate.Reading
    /// Begins what can free room.
    var relieve: @Sendable () -> Void
  }

  private struct State {
    var hands: Hands?
    var budget: Int64 = 0
    /// Ends of uploads and removals so far.
    var freed: UInt64 = 0
    /// Monotonic seconds of the last line in the log.
    var toldAt = -Double.infinity
  }

  private let limits: QuotaLimits
  private let logger: Logger
  private let state = Lock(State())

  init(limits: QuotaLimits, logger: Logger) {
    self.limits = limits
    self.logger = logger
  }

  /// Before the first writer comes.
  func attach(_ hands: Hands) { state.withLock { $0.hands = hands } }

  /// Returns when `bytes` more may be written to the cache; they need not be.
  ///
  /// - Throws: ENOSPC when there is no room and none is to be expected; `interrupted`.
  func admit(_ bytes: Int64) throws(WriteBackFailure) {
    let hands = state.withLock { state -> Hands? in
      guard state.budget < bytes else {
        state.budget -= bytes
        return nil
      }
      return state.hands
    }
    guard let hands else { return }
    var gate = QuotaGate()
    while true {
      let seen = state.withLock { $0.freed }
      switch gate.ask(bytes, hands.read(bytes)) {
      case .admit(let more): return state.withLock { $0.budget = more }
      case .delay(let seconds):
        hands.relieve()
        _ = state.wait(timeout: seconds) { $0.freed != seen ? () : nil }
        return
      case .wait(let seconds):
        hands.relieve()
        _ = state.wait(timeout: seconds) { $0.freed != seen ? () : nil }
        if Interruption.isRequested { throw .interrupted }
      case .refuse:
        tell()
        throw .local(code: ENOSPC, operation: "write")
      }
    }
  }

  /// Room was freed, or an upload has ended.
  func noteFreed() { state.withLockAndNotify { $0.freed &+= 1 } }

  /// Ends of uploads and removals so far.
  var freedCount: UInt64 { state.withLock { $0.freed } }

  private func tell() {
    let isDue = state.withLock { state in
      guard MonotonicClock.now - state.toldAt > 60 else { return false }
      state.toldAt = MonotonicClock.now
      return true
    }
    guard isDue else { return }
    logger.error(
      "the cache is full, and no upload frees room; a writer gets ENOSPC",
      metadata: [
        "cacheSize": "\(limits.size.map(String.init) ?? "unlimited")", "cacheMinFree": "\(limits.reserve)",
        "remedy": "retry or cancel what pail uploads lists, close files, free space on the disk or raise cache-size",
      ])
  }
}
