// SPDX-License-Identifier: Apache-2.0

/// Decides when a transfer has waited too long. Times are seconds of a monotonic clock.
///
/// libcurl's CURLOPT_LOW_SPEED_TIME compares an average over six seconds, in whole bytes a second, so that one byte
/// every two seconds counts as silence and silence is noticed late; here a stall is exactly "no byte for that long".
struct TransferClock {
  enum Verdict: Equatable {
    case wait(until: Double)
    case stalled
    case timedOut
  }

  private let started: Double
  private let stallTimeout: Double
  private let deadline: Double
  private var lastProgress: Double

  /// - Parameters: in seconds; a stall timeout that is not positive never ends the transfer.
  init(started: Double, stallTimeout: Double, totalTimeout: Double?) {
    self.started = started
    self.stallTimeout = stallTimeout > 0 ? stallTimeout : .infinity
    self.deadline = totalTimeout.map { started + $0 } ?? .infinity
    lastProgress = started
  }

  /// When to ask for a verdict first.
  var firstCheck: Double { min(started + stallTimeout, deadline) }

  mutating func progressed(at time: Double) { lastProgress = max(lastProgress, time) }

  /// - Parameter isConnected: whether the connection can carry the request; before that the connect timeout rules.
  mutating func verdict(at now: Double, isConnected: Bool) -> Verdict {
    if now >= deadline { return .timedOut }
    // What is not connected yet cannot stall earlier than it would if it were connected this instant.
    if !isConnected { progressed(at: now) }
    let stall = lastProgress + stallTimeout
    return now >= stall ? .stalled : .wait(until: min(stall, deadline))
  }
}
