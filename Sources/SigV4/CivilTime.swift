// SPDX-License-Identifier: Apache-2.0

/// A point in time as date and clock in UTC, in the proleptic Gregorian calendar, without leap seconds.
package struct CivilTime: Sendable, Equatable {
  package var year: Int
  /// 1 to 12.
  package var month: Int
  /// 1 to 31.
  package var day: Int
  package var hour: Int
  package var minute: Int
  package var second: Int

  private static let secondsPerDay: Int64 = 86_400

  /// The number of whole days between 1970-01-01 and a time, rounded down.
  static func day(of secondsSince1970: Int64) -> Int64 {
    secondsSince1970 / secondsPerDay - (secondsSince1970 % secondsPerDay < 0 ? 1 : 0)
  }

  package init(secondsSince1970 seconds: Int64) {
    // Years that begin in March put the leap day last; 400 of them are one era of 146,097 days.
    let days = CivilTime.day(of: seconds) + 719_468
    let dayOfEra = CivilTime.floorRemainder(days, 146_097)
    let era = (days - dayOfEra) / 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = Int(dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    month = Int(monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9)
    year = Int(yearOfEra + era * 400 + (month <= 2 ? 1 : 0))
    let secondOfDay = Int(CivilTime.floorRemainder(seconds, CivilTime.secondsPerDay))
    hour = secondOfDay / 3_600
    minute = secondOfDay / 60 % 60
    second = secondOfDay % 60
  }

  /// nil unless the date exists and the clock is in range. The 60th second of a minute counts as the 59th.
  package init?(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
    guard (0...9_999).contains(year), (1...12).contains(month), hour < 24, minute < 60, second <= 60,
      hour >= 0, minute >= 0, second >= 0
    else { return nil }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    let lastDay = month == 2 ? (isLeap ? 29 : 28) : (month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31)
    guard (1...lastDay).contains(day) else { return nil }
    self.year = year
    self.month = month
    self.day = day
    self.hour = hour
    self.minute = minute
    self.second = min(second, 59)
  }

  package var secondsSince1970: Int64 {
    let shiftedYear = Int64(month <= 2 ? year - 1 : year)
    let yearOfEra = CivilTime.floorRemainder(shiftedYear, 400)
    let era = (shiftedYear - yearOfEra) / 400
    let monthFromMarch = Int64(month > 2 ? month - 3 : month + 9)
    let dayOfYear = (153 * monthFromMarch + 2) / 5 + Int64(day) - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    let days = era * 146_097 + dayOfEra - 719_468
    return days * CivilTime.secondsPerDay + Int64(hour * 3_600 + minute * 60 + second)
  }

  /// `20130524T000000Z`: the basic format of ISO 8601, as `x-amz-date` has it. Years beyond 0 to 9999 become these.
  package var basicFormat: String {
    let year = min(max(year, 0), 9_999)
    return String(unsafeUninitializedCapacity: 16) { text in
      func put(_ value: Int, at index: Int) {
        text[index] = UInt8(ascii: "0") + UInt8(value / 10 % 10)
        text[index + 1] = UInt8(ascii: "0") + UInt8(value % 10)
      }
      put(year / 100, at: 0)
      put(year % 100, at: 2)
      put(month, at: 4)
      put(day, at: 6)
      text[8] = UInt8(ascii: "T")
      put(hour, at: 9)
      put(minute, at: 11)
      put(second, at: 13)
      text[15] = UInt8(ascii: "Z")
      return 16
    }
  }

  private static func floorRemainder(_ value: Int64, _ divisor: Int64) -> Int64 {
    let remainder = value % divisor
    return remainder < 0 ? remainder + divisor : remainder
  }
}
