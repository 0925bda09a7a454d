// SPDX-License-Identifier: Apache-2.0

import VFS

extension Timestamp {
  /// Reads `2025-01-14T09:26:53.589Z`, as records have it; nil for anything else.
  init?(record text: String) {
    let bytes = Array(text.utf8)
    guard bytes.count >= 20, bytes.last == UInt8(ascii: "Z") else { return nil }
    for (place, byte) in [(4, "-"), (7, "-"), (10, "T"), (13, ":"), (16, ":")] as [(Int, Unicode.Scalar)] {
      guard bytes[place] == UInt8(ascii: byte) else { return nil }
    }
    func number(_ range: Range<Int>) -> Int64? {
      range.reduce(0 as Int64?) { sum, place in
        guard let sum, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[place]) else { return nil }
        return sum * 10 + Int64(bytes[place] - UInt8(ascii: "0"))
      }
    }
    guard let year = number(0..<4), let month = number(5..<7), let day = number(8..<10), let hour = number(11..<13),
      let minute = number(14..<16), let second = number(17..<19), (1...12).contains(month), (1...31).contains(day)
    else { return nil }
    var fraction: Int64 = 0
    if bytes.count > 20 {
      guard bytes[19] == UInt8(ascii: "."), let digits = number(20..<min(bytes.count - 1, 29)) else { return nil }
      fraction = (20..<29).reduce(digits) { value, place in place < bytes.count - 1 ? value : value * 10 }
    }
    // Days of the civil calendar since 1970, years beginning in March (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    let shifted = month > 2 ? year : year - 1
    let era = shifted / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let days = era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    self.init(seconds: days * 86_400 + hour * 3_600 + minute * 60 + second, nanoseconds: Int32(clamping: fraction))
  }
}
