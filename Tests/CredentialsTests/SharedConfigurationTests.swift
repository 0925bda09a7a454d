// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Credentials

@Suite struct SharedConfigurationTests {
  private func parse(_ configuration: String, _ credentials: String = "") -> SharedConfiguration {
    SharedConfiguration(
      configuration: SharedFile(path: "config", text: configuration),
      credentials: SharedFile(path: "credentials", text: credentials))
  }

  @Test func sectionsOfTheConfigurationFile() {
    let configuration = parse(
      """
      stray = before any section
      [default]
      region = eu-west-1
      [profile work]
      region=us-west-2
      [profile "two words"]
      region = a
      [ profile\tspaced ]
      region = b
      [work2]
      region = not a profile without the word
      [sso-session corp]
      region = ignored
      [profile empty]
      """)
    #expect(
      configuration.profiles.mapValues { $0.values["region"] } == [
        "default": "eu-west-1", "work": "us-west-2", "two words": "a", "spaced": "b", "empty": nil,
      ])
    #expect(configuration.problems == ["config line 1 is not 'name = value'"])
  }

  @Test func sectionsOfTheCredentialsFile() {
    let configuration = parse(
      "",
      "[default]\r\naws_access_key_id = A\r\n[work]\r\nAWS_Access_Key_ID=B\r\n[profile x]\r\naws_access_key_id = C\r\n")
    #expect(configuration.profiles.mapValues { $0.values["aws_access_key_id"] } == ["default": "A", "work": "B"])
  }

  @Test(
    arguments: [
      ("x = 1", "1"), ("x=1", "1"), ("X\t=\t1  ", "1"), ("x = a=b=c", "a=b=c"), ("x = 1 # comment", "1"),
      ("x = 1 ; comment", "1"), ("x = a#b;c", "a#b;c"), ("x =", ""), ("x = # comment", ""), ("# x = 1", nil),
      ("; x = 1", nil), ("  # x = 1", nil), ("x = \u{E9}\u{1F980}", "\u{E9}\u{1F980}"), ("x = 1\nx = 2", "2"),
      ("x = 1\n  more", "1\nmore"), ("x = a\n\n# between\n  b", "a\nb"),
    ] as [(String, String?)]) func values(text: String, expected: String?)
  {
    let configuration = parse("[default]\n" + text)
    #expect(configuration.profiles["default"]?.values["x"] == expected)
    #expect(configuration.problems.isEmpty)
  }

  @Test(arguments: ["nonsense", "= value", "[open", "[]", "  indented = but nothing above"])
  func oddLinesAreNotedAndPassedOver(line: String) {
    let configuration = parse("[profile a]\n\(line)\n[default]\nx = 1")
    #expect(configuration.problems == ["config line 2 is not 'name = value'"])
    #expect(configuration.profiles["default"]?.values == ["x": "1"])
  }

  @Test func nestedSettingsStayOutOfTheProfile() {
    let configuration = parse(
      """
      [default]
      s3 =
        addressing_style = path
        region = nested
      region = outer
      [services local]
      s3 =
        endpoint_url = http://127.0.0.1:9000
      """)
    #expect(configuration.profiles["default"]?.values == ["s3": "", "region": "outer"])
    #expect(configuration.profiles["default"]?.nested == ["s3": ["addressing_style": "path", "region": "nested"]])
    #expect(configuration.services["local"]?.nested == ["s3": ["endpoint_url": "http://127.0.0.1:9000"]])
  }

  @Test func filesAreMergedAndTheCredentialsFileWins() {
    let configuration = parse(
      "[profile a]\nregion = r\naws_access_key_id = outer\n[profile a]\noutput = json",
      "[a]\naws_access_key_id = inner\naws_secret_access_key = secret")
    #expect(
      configuration.profiles["a"]?.values == [
        "region": "r", "output": "json", "aws_access_key_id": "inner", "aws_secret_access_key": "secret",
      ])
  }
}
