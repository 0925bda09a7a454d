// SPDX-License-Identifier: Apache-2.0

import SigV4
import Testing

/// Expected numbers are those of `date -u -d TIME +%s`.
@Suite struct TimeTests {
  @Test(
    arguments: [
      (0, "19700101T000000Z"), (1_369_353_600, "20130524T000000Z"), (951_782_400, "20000229T000000Z"),
      (951_868_799, "20000229T235959Z"), (951_868_800, "20000301T000000Z"), (4_107_542_400, "21000301T000000Z"),
      (4_107_542_399, "21000228T235959Z"), (-1, "19691231T235959Z"), (253_402_300_799, "99991231T235959Z"),
      (1_795_255_200, "20261121T100000Z"), (-62_135_596_800, "00010101T000000Z"),
    ] as [(Int64, String)]) func basicFormat(seconds: Int64, expected: String)
  {
    let time = CivilTime(secondsSince1970: seconds)
    #expect(time.basicFormat == expected)
    #expect(time.secondsSince1970 == seconds)
  }

  @Test(arguments: [(Int64.min, "0000"), (Int64.max, "9999"), (-99_999_999_999, "0000")])
  func absurdTimes(seconds: Int64, year: String) {
    #expect(CivilTime(secondsSince1970: seconds).basicFormat.hasPrefix(year))
  }

  /// Walks through a whole cycle of the calendar in uneven steps.
  @Test func thereAndBack() {
    for seconds in stride(from: Int64(-2_208_988_800), to: 13_569_465_600, by: 8_640_013) {
      let time = CivilTime(secondsSince1970: seconds)
      #expect(time.secondsSince1970 == seconds)
      #expect(
        CivilTime(
          year: time.year, month: time.month, day: time.day, hour: time.hour, minute: time.minute, second: time.second)
          == time)
    }
  }

  @Test(
    arguments: [
      ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Fri, 24 May 2013 00:00:00 GMT", 1_369_353_600),
      ("Tue, 29 Feb 2000 23:59:60 GMT", 951_868_799), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
      ("Sunday, 06-Nov-94 08:49:37 GMT", nil), ("Sun Nov  6 08:49:37 1994", nil),
      ("Sun, 06 Nov 1994 08:49:37 CET", nil), ("Sun, 6 Nov 1994 08:49:37 GMT", nil), ("", nil),
      ("Sun, 31 Feb 1994 08:49:37 GMT", nil), ("Sun, 06 Nov 1994 24:00:00 GMT", nil),
      ("Sun, 06 Nov 1994 08:49:37 GMT ", nil), ("Sun, 06 Nov -994 08:49:37 GMT", nil),
    ] as [(String, Int64?)]) func httpDate(text: String, expected: Int64?)
  {
    #expect(HTTPDate.parse(text) == expected)
  }

  @Test(
    arguments: [
      ("2026-11-21T10:00:00.000Z", 1_795_255_200), ("2026-11-21T10:00:00Z", 1_795_255_200),
      ("2026-11-21T10:00:00.999999999Z", 1_795_255_200), ("2026-11-21T10:00:00+00:00", 1_795_255_200),
      ("2026-11-21T11:30:00+01:30", 1_795_255_200), ("2026-11-21T02:00:00-08:00", 1_795_255_200),
      ("1969-12-31T23:59:59Z", -1), ("2026-11-21T10:00:00", nil), ("2026-11-21T10:00:00.Z", nil),
      ("2026-11-21 10:00:00Z", nil), ("2026-13-21T10:00:00Z", nil), ("2026-02-29T10:00:00Z", nil),
      ("2026-11-21T10:00:00+24:00", nil), ("2026-11-21T10:00:00Zjunk", nil), ("2026-11-2", nil), ("", nil),
    ] as [(String, Int64?)]) func iso8601(text: String, expected: Int64?)
  {
    #expect(ISO8601.parse(text) == expected)
  }
}
