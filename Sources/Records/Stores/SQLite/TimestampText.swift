// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Times as AppSync writes them: `2026-01-31T08:00:00.123Z`. Texts in their order are times in their order.
enum TimestampText {
  /// - Parameters:
  ///   - seconds: since 1970.
  ///   - other: the text must come behind it, by a millisecond at least.
  static func text(_ seconds: Double, after other: String? = nil) -> String {
    var milliseconds = Int64(seconds * 1_000)
    if let other = other.flatMap(milliseconds(of:)) { milliseconds = max(milliseconds, other + 1) }
    var time = time_t(milliseconds / 1_000)
    var parts = tm()
    gmtime_r(&time, &parts)
    return "\(padded(parts.tm_year + 1_900, 4))-\(padded(parts.tm_mon + 1, 2))-\(padded(parts.tm_mday, 2))T"
      + "\(padded(parts.tm_hour, 2)):\(padded(parts.tm_min, 2)):\(padded(parts.tm_sec, 2)).\(padded(Int32(milliseconds % 1_000), 3))Z"
  }

  private static func milliseconds(of text: String) -> Int64? {
    let numbers = text.split { !$0.isASCII || !$0.isNumber }.compactMap { Int32($0) }
    guard numbers.count == 7, text.utf8.count == 24 else { return nil }
    var parts = tm()
    (parts.tm_year, parts.tm_mon, parts.tm_mday) = (numbers[0] - 1_900, numbers[1] - 1, numbers[2])
    (parts.tm_hour, parts.tm_min, parts.tm_sec) = (numbers[3], numbers[4], numbers[5])
    return Int64(timegm(&parts)) * 1_000 + Int64(numbers[6])
  }

  private static func padded(_ number: Int32, _ width: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}
