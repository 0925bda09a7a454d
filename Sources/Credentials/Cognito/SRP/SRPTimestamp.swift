// SPDX-License-Identifier: Apache-2.0

import SigV4

/// The time in a proof: `Tue Dec 1 09:05:07 UTC 2026`, the day without a leading zero, always English.
enum SRPTimestamp {
  private static let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

  /// - Parameter seconds: since 1970, not negative: 1970 began on a Thursday.
  static func text(_ seconds: Int64) -> String {
    let time = CivilTime(secondsSince1970: seconds)
    let weekday = weekdays[Int(seconds / 86_400 % 7)]
    let clock = [time.hour, time.minute, time.second].map { ($0 < 10 ? "0" : "") + String($0) }.joined(separator: ":")
    return "\(weekday) \(months[time.month - 1]) \(time.day) \(clock) UTC \(time.year)"
  }
}
