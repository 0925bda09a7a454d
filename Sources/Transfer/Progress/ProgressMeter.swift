// SPDX-License-Identifier: Apache-2.0
//
// Adds up what the requests of a transfer have moved, and says when a listener should hear of it.
//
// For: ObjectUpload and ObjectDownload, under their locks. State: the body bytes of each request under way, and what was told
// last. Pure: the time is handed in.
// Every byte counts once: the sum never goes back when a request is sent again, and ends at the total. A body arrives in
// pieces of 16 KiB, and to wake a listener costs more than to receive one; so bytes on their way are told twenty times a second
// at most, and everything else at once.

struct ProgressMeter {
  private static let interval = Duration.milliseconds(50)

  private(set) var progress = ByteProgress(transferred: 0, total: nil)
  /// Body bytes of each request under way.
  private var moving: [Int: Int64] = [:]
  private var told = ByteProgress(transferred: 0, total: nil)
  private var toldAt: ContinuousClock.Instant?

  /// A request has moved so many bytes so far; less than before when it is sent again.
  mutating func moved(_ request: Int, _ bytes: Int64) { moving[request] = bytes }

  /// A request has ended; what it moved is counted as done, or was for nothing.
  mutating func ended(_ request: Int) { moving[request] = nil }

  /// Counts anew.
  ///
  /// - Parameters:
  ///   - done: bytes of the requests that have succeeded.
  ///   - now: when bytes on their way are all that may have changed; nil when it is worth telling at once.
  /// - Returns: what to tell; nil for nothing.
  mutating func update(done: Int64, total: Int64?, now: ContinuousClock.Instant? = nil) -> ByteProgress? {
    let moved = done + moving.values.reduce(0, +)
    progress = ByteProgress(transferred: max(progress.transferred, min(moved, total ?? moved)), total: total)
    if let now {
      if let toldAt, now - toldAt < ProgressMeter.interval { return nil }
      toldAt = now
    }
    guard progress != told else { return nil }
    told = progress
    return progress
  }
}
