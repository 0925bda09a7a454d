// SPDX-License-Identifier: Apache-2.0

/// Times as S3 writes them, in UTC. Every answer has one: no formatter of a library is fast enough.
enum MemoryDate {
  /// As of `Last-Modified` and `Date`: "Thu, 01 Jan 2026 00:00:00 GMT" (RFC 9110 §5.6.7).
  static func httpText(_ seconds: Int64) -> String {
    let time = Civil(seconds)
    var text = Writer()
    text.append(weekdays[time.weekday])
    text.append(", ")
    text.append(time.day, digits: 2)
    text.append(months[time.month - 1])
    text.append(time.year, digits: 4)
    text.append(" ")
    text.appendClock(time)
    text.append(" GMT")
    return text.string
  }

  /// As in documents: "2026-01-01T00:00:00.000Z".
  static func xmlText(_ seconds: Int64) -> String {
    let time = Civil(seconds)
    var text = Writer()
    text.append(time.year, digits: 4)
    text.append("-")
    text.append(time.month, digits: 2)
    text.append("-")
    text.append(time.day, digits: 2)
    text.append("T")
    text.appendClock(time)
    text.append(".000Z")
    return text.string
  }

  private static let weekdays: [StaticString] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
  private static let months: [StaticString] = [
    " Jan ", " Feb ", " Mar ", " Apr ", " May ", " Jun ", " Jul ", " Aug ", " Sep ", " Oct ", " Nov ", " Dec ",
  ]

  private struct Civil {
    let year: Int
    let month: Int
    let day: Int
    /// Of the day.
    let second: Int
    /// 0 is a Thursday, as 1 January 1970 was.
    let weekday: Int

    init(_ seconds: Int64) {
      var days = Int(seconds / 86_400)
      second = Int(seconds % 86_400)
      weekday = days % 7
      var year = 1_970
      while days >= Civil.length(ofYear: year) {
        days -= Civil.length(ofYear: year)
        year += 1
      }
      var month = 1
      while days >= Civil.length(ofMonth: month, year) {
        days -= Civil.length(ofMonth: month, year)
        month += 1
      }
      (self.year, self.month, day) = (year, month, days + 1)
    }

    private static func length(ofYear year: Int) -> Int { isLeap(year) ? 366 : 365 }

    private static func length(ofMonth month: Int, _ year: Int) -> Int {
      switch month {
      case 2: isLeap(year) ? 29 : 28
      case 4, 6, 9, 11: 30
      default: 31
      }
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) }
  }

  private struct Writer {
    private var bytes: [UInt8] = []

    init() { bytes.reserveCapacity(32) }

    var string: String { String(decoding: bytes, as: UTF8.self) }

    mutating func append(_ text: StaticString) {
      text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    mutating func append(_ number: Int, digits: Int) {
      var divisor = digits == 4 ? 1_000 : 10
      for _ in 0..<digits {
        bytes.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
        divisor /= 10
      }
    }

    mutating func appendClock(_ time: Civil) {
      append(time.second / 3_600, digits: 2)
      append(":")
      append(time.second / 60 % 60, digits: 2)
      append(":")
      append(time.second % 60, digits: 2)
    }
  }
}
