// SPDX-License-Identifier: Apache-2.0

/// The time of a signature in the forms that it needs.
struct SigningTime {
  /// Days since 1970.
  let day: Int64
  /// `20130524T000000Z`.
  let timestamp: String
  /// `20130524`.
  let date: String

  init(secondsSince1970 seconds: Int64) {
    day = CivilTime.day(of: seconds)
    timestamp = CivilTime(secondsSince1970: seconds).basicFormat
    date = String(Substring(timestamp.utf8.prefix(8)))
  }
}
