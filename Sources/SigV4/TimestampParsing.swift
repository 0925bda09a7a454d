// SPDX-License-Identifier: Apache-2.0
//
// The two ways in which S3 and AWS write times: HTTP header fields (Date, Last-Modified) and documents (XML, JSON).
// Pure. What does not match exactly is nil: the caller decides what a missing time means.

/// The fixed-length date of HTTP, `Sun, 06 Nov 1994 08:49:37 GMT` (RFC 9110 §5.6.7, IMF-fixdate).
package enum HTTPDate {
  /// Seconds since 1970, or nil when the text is no such date. The name of the day is not compared with the date.
  package static func parse(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { parse(utf8: $0) }
  }

  /// The same of UTF-8.
  package static func parse(utf8 text: UnsafeBufferPointer<UInt8>) -> Int64? {
    var cursor = DigitCursor(text)
    guard text.count == 29, weekdays.contains(where: { cursor.skip($0) }), cursor.skip(", "),
      let day = cursor.digits(2), cursor.skip(" "),
      let month = months.firstIndex(where: { cursor.skip($0) }), cursor.skip(" "),
      let year = cursor.digits(4), cursor.skip(" "),
      let hour = cursor.digits(2), cursor.skip(":"), let minute = cursor.digits(2), cursor.skip(":"),
      let second = cursor.digits(2), cursor.skip(" GMT"), cursor.isAtEnd
    else { return nil }
    return CivilTime(year: year, month: month + 1, day: day, hour: hour, minute: minute, second: second)?
      .secondsSince1970
  }

  private static let weekdays: [StaticString] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
  private static let months: [StaticString] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}

/// Times of ISO 8601 as documents have them: `2026-11-21T10:00:00.000Z`, `2026-11-21T10:00:00+01:00` (RFC 3339 §5.6).
package enum ISO8601 {
  /// Seconds since 1970, rounded down, or nil when the text is no such time. The zone is required.
  package static func parse(_ text: String) -> Int64? {
    var text = text
    return text.withUTF8 { parse(utf8: $0) }
  }

  /// The same of UTF-8.
  package static func parse(utf8 text: UnsafeBufferPointer<UInt8>) -> Int64? {
    var cursor = DigitCursor(text)
    guard let year = cursor.digits(4), cursor.skip("-"), let month = cursor.digits(2), cursor.skip("-"),
      let day = cursor.digits(2), cursor.skip("T"),
      let hour = cursor.digits(2), cursor.skip(":"), let minute = cursor.digits(2), cursor.skip(":"),
      let second = cursor.digits(2), cursor.skipFraction(), let offset = zone(&cursor), cursor.isAtEnd,
      let time = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
    else { return nil }
    return time.secondsSince1970 - offset
  }

  private static func zone(_ cursor: inout DigitCursor) -> Int64? {
    if cursor.skip("Z") { return 0 }
    let isEast = cursor.skip("+")
    guard isEast || cursor.skip("-"), let hours = cursor.digits(2), hours < 24, cursor.skip(":"),
      let minutes = cursor.digits(2), minutes < 60
    else { return nil }
    let seconds = Int64(hours * 3_600 + minutes * 60)
    return isEast ? seconds : -seconds
  }
}

/// Reads fixed-width numbers and literals from the front of a text; lives no longer than it.
private struct DigitCursor {
  private let text: UnsafeBufferPointer<UInt8>
  private var position = 0

  init(_ text: UnsafeBufferPointer<UInt8>) { self.text = text }

  var isAtEnd: Bool { position == text.count }

  mutating func digits(_ count: Int) -> Int? {
    guard text.count - position >= count else { return nil }
    var value = 0
    for index in position..<(position + count) {
      guard DigitCursor.isDigit(text[index]) else { return nil }
      value = value * 10 + Int(text[index] - UInt8(ascii: "0"))
    }
    position += count
    return value
  }

  mutating func skip(_ literal: StaticString) -> Bool {
    let length = literal.utf8CodeUnitCount
    guard text.count - position >= length else { return false }
    for index in 0..<length where text[position + index] != literal.utf8Start[index] { return false }
    position += length
    return true
  }

  /// A point with at least one digit behind it, or nothing.
  mutating func skipFraction() -> Bool {
    guard skip(".") else { return true }
    let start = position
    while position < text.count && DigitCursor.isDigit(text[position]) { position += 1 }
    return position > start
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9") }
}
