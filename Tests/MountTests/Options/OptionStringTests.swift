// SPDX-License-Identifier: Apache-2.0

import Mount
import Testing

@Suite("The syntax of -o")
struct OptionStringTests {
  @Test(
    "splits at commas and the first equals sign",
    arguments: [
      ("", []),
      ("ro", [OptionSetting("ro")]),
      ("ro,uid=1000", [OptionSetting("ro"), OptionSetting("uid", "1000")]),
      (",ro,,rw,", [OptionSetting("ro"), OptionSetting("rw")]),
      ("prefix=a=b", [OptionSetting("prefix", "a=b")]),
      ("cache-dir=", [OptionSetting("cache-dir", "")]),
      ("cache-dir=/a\\,b,ro", [OptionSetting("cache-dir", "/a,b"), OptionSetting("ro")]),
      ("cache-dir=/a\\\\,ro", [OptionSetting("cache-dir", "/a\\"), OptionSetting("ro")]),
      ("cache-dir=C:\\x", [OptionSetting("cache-dir", "C:\\x")]),
      ("log-file=x\\", [OptionSetting("log-file", "x\\")]),
    ])
  func splits(text: String, settings: [OptionSetting]) {
    #expect(OptionString.settings(in: text) == settings)
  }

  @Test("is written so that it reads the same", arguments: ["/plain", "/a,b", "/a\\", "\\,", "a=b,c"])
  func roundTrip(value: String) {
    let setting = OptionSetting("cache-dir", value)
    #expect(OptionString.settings(in: OptionString.text(of: setting)) == [setting])
  }
}
