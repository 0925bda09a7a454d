// SPDX-License-Identifier: Apache-2.0

import Mount
import Testing

@Suite("The values of options")
struct OptionValueTests {
  @Test(
    "durations",
    arguments: [
      ("500ms", 0.5), ("5s", 5), ("2m", 120), ("1h", 3_600), ("1.5s", 1.5), ("0", 0), ("7", 7), ("-1s", nil),
      ("s", nil),
      ("", nil), ("1e3", nil), ("nan", nil), ("inf", nil), ("5 s", nil), ("5d", nil), (".", nil), ("1.2.3", nil),
    ] as [(String, Double?)])
  func durations(text: String, seconds: Double?) {
    #expect(OptionValue.duration(text) == seconds)
  }

  @Test(
    "sizes",
    arguments: [
      ("5242880", 5_242_880), ("8M", 8_388_608), ("64MiB", 67_108_864), ("64mib", 67_108_864), ("1k", 1_024),
      ("5G", 5_368_709_120), ("2T", 2_199_023_255_552), ("8MB", nil), ("-8M", nil), ("M", nil), ("", nil),
      ("1.5M", nil),
      ("9223372036854775807T", nil), ("99999999999999999999", nil),
    ] as [(String, Int64?)])
  func sizes(text: String, bytes: Int64?) {
    #expect(OptionValue.size(text) == bytes)
  }

  @Test(
    "permission bits",
    arguments: [
      ("644", 0o644), ("0644", 0o644), ("0", 0), ("777", 0o777), ("1777", nil), ("8", nil), ("", nil), ("-1", nil),
      ("rw", nil),
    ] as [(String, UInt32?)])
  func permissions(text: String, bits: UInt32?) {
    #expect(OptionValue.permissions(text) == bits)
  }

  @Test(
    "user numbers",
    arguments: [("0", 0), ("4294967294", 4_294_967_294), ("4294967295", nil), ("-1", nil), ("root", nil)]
      as [(String, UInt32?)])
  func identifiers(text: String, number: UInt32?) {
    #expect(OptionValue.identifier(text) == number)
  }
}
