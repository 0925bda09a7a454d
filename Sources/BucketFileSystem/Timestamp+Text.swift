// SPDX-License-Identifier: Apache-2.0

import VFS

/// The forms of a time in object metadata.
extension Timestamp {
  /// `seconds` with a fraction or without (s3fs, geesefs, rclone), or a date (RFC 3339, as rclone writes other times); nil for
  /// anything else.
  init?(stored text: String) {
    guard let time = Timestamp(decimal: text) ?? Timestamp(date: text) else { return nil }
    self = time
  }

  /// `seconds.nnnnnnnnn`, nine digits.
  var decimal: String {
    // A time before 1970 with a fraction: -1.5 s is stored as seconds -2 and 500,000,000 ns.
    let isNegative = seconds < 0 && nanoseconds > 0
    let whole = isNegative ? seconds + 1 : seconds
    let fraction = String(isNegative ? 1_000_000_000 - nanoseconds : nanoseconds)
    let sign = isNegative && whole == 0 ? "-" : ""
    return "\(sign)\(whole).\(String(repeating: "0", count: 9 - fraction.utf8.count))\(fraction)"
  }

  /// Reads `seconds` with zero to nine (or more) digits of fraction; nil for anything else.
  init?(decimal text: String) {
    let halves = text.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = halves.first, let whole = Int64(first), whole.magnitude < 1 << 40 else { return nil }
    guard let nanoseconds = halves.count == 2 ? Timestamp.nanoseconds(halves[1]) : 0 else { return nil }
    if first.hasPrefix("-"), nanoseconds > 0 {
      self.init(seconds: whole - 1, nanoseconds: 1_000_000_000 - nanoseconds)
    } else {
      self.init(seconds: whole, nanoseconds: nanoseconds)
    }
  }

  /// Reads `2006-01-02T15:04:05.999999999+07:00` or with `Z`, and with or without a fraction.
  init?(date text: String) {
    let bytes = Array(text.utf8)
    func number(_ start: Int, _ count: Int) -> Int64? {
      let digits = bytes[start..<(start + count)]
      guard digits.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
      return digits.reduce(0) { $0 * 10 + Int64($1 - 0x30) }
    }
    guard bytes.count >= 20, [4, 7, 10, 13, 16].map({ bytes[$0] }) == Array("--T::".utf8),
      let year = number(0, 4), let month = number(5, 2), (1...12).contains(month), let day = number(8, 2),
      (1...31).contains(day), let hour = number(11, 2), hour < 24, let minute = number(14, 2), minute < 60,
      let second = number(17, 2), second <= 60
    else { return nil }
    let zoneStart = bytes[19...].firstIndex { [UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-")].contains($0) }
    guard let zoneStart else { return nil }
    var nanoseconds: Int32 = 0
    if zoneStart > 19 {
      guard bytes[19] == UInt8(ascii: "."), zoneStart > 20,
        let fraction = Timestamp.nanoseconds(Substring(text.utf8.dropFirst(20).prefix(zoneStart - 20)))
      else { return nil }
      nanoseconds = fraction
    }
    var offset: Int64 = 0
    if bytes[zoneStart] == UInt8(ascii: "Z") {
      guard zoneStart == bytes.count - 1 else { return nil }
    } else {
      guard bytes.count == zoneStart + 6, bytes[zoneStart + 3] == UInt8(ascii: ":"),
        let hours = number(zoneStart + 1, 2),
        let minutes = number(zoneStart + 4, 2), hours < 24, minutes < 60
      else { return nil }
      offset = (hours * 60 + minutes) * (bytes[zoneStart] == UInt8(ascii: "+") ? 60 : -60)
    }
    let time = (Timestamp.days(year, month, day) * 24 + hour) * 3_600 + minute * 60 + second
    self.init(seconds: time - offset, nanoseconds: nanoseconds)
  }

  /// What a fraction of a second says; more than nine digits are cut off.
  private static func nanoseconds(_ digits: Substring) -> Int32? {
    guard digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
    let first = digits.utf8.prefix(9)
    let value = first.reduce(Int32(0)) { $0 * 10 + Int32($1 - 0x30) }
    return (first.count..<9).reduce(value) { value, _ in value * 10 }
  }

  /// Days since 1970 in the Gregorian calendar. The year begins in March, so that a leap day is its last.
  private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let (year, month) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
    // Negative in January of the year 0 only.
    let (era, ofEra) = year < 0 ? (Int64(-1), year + 400) : (year / 400, year % 400)
    return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + (153 * month + 2) / 5 + day - 1 - 719_468
  }
}
