// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Credentials

/// The pure functions between a text that somebody else wrote and its use.
@Suite struct SmallParserTests {
  /// What `python3 -c 'import shlex; print(shlex.split(...))'` makes of them.
  @Test(
    arguments: [
      ("aws configure export-credentials --profile x", ["aws", "configure", "export-credentials", "--profile", "x"]),
      ("  a\t b  ", ["a", "b"]), ("'a b' \"c d\"", ["a b", "c d"]), ("a'b c'd", ["ab cd"]), ("\"\" ''", ["", ""]),
      (#"a\ b \"c"#, ["a b", "\"c"]), (#""a \" \\ \n b""#, [#"a " \ \n b"#]), (#"'a \ b'"#, [#"a \ b"#]),
      ("$HOME *.txt | cat; rm", ["$HOME", "*.txt", "|", "cat;", "rm"]), ("", []),
      ("\u{E9} '\u{1F980}'", ["\u{E9}", "\u{1F980}"]),
      ("'open", nil), ("\"open", nil), ("end\\", nil),
    ] as [(String, [String]?)]) func commandLine(text: String, expected: [String]?)
  {
    #expect(CommandLine.arguments(of: text) == expected)
  }

  @Test(
    arguments: [
      ("<a><Code>x</Code></a>", "x"), ("<Code>a&amp;b&lt;&gt;&quot;&apos;&#65;&#x1F980;</Code>", "a&b<>\"'A\u{1F980}"),
      ("<Codes>no</Codes><Code>yes</Code>", "yes"), ("<Code></Code>", ""), ("<Code>x", nil), ("<Code><b/></Code>", nil),
      ("<Code>&nbsp;</Code>", nil), ("<Code>&amp</Code>", nil), ("<Code>&#xD800;</Code>", nil),
      ("<Code>&#-1;</Code>", nil),
      ("<Code>&#x110000;</Code>", nil), ("", nil), ("<Code", nil), ("<Code>a\nb</Code>", "a\nb"),
    ] as [(String, String?)]) func elementText(document: String, expected: String?)
  {
    #expect(ElementText(Array(document.utf8))["Code"] == expected)
  }

  @Test(arguments: [
    ("https://sts.amazonaws.com", "sts.amazonaws.com", "/", "https://sts.amazonaws.com/"),
    ("http://127.0.0.1:4566/", "127.0.0.1:4566", "/", "http://127.0.0.1:4566/"),
    ("HTTPS://h:443/sts/", "h", "/sts/", "https://h/sts/"), ("http://h:80", "h", "/", "http://h/"),
    ("http://h:443", "h:443", "/", "http://h:443/"), ("http://[::1]:80/x", "[::1]", "/x", "http://[::1]/x"),
  ]) func endpoint(text: String, host: String, path: String, url: String) throws {
    let endpoint = try #require(HTTPEndpoint(text))
    #expect(endpoint.host == host)
    #expect(endpoint.path == path)
    #expect(endpoint.url == url)
  }

  @Test(arguments: [
    "", "h", "ftp://h", "http://", "https:///x", "http://u@h", "http://h?x", "http://h/#f", "http://h\r\nx: y",
    "http://h /",
    "http://:80", "http://\u{E9}",
  ]) func noEndpoint(text: String) { #expect(HTTPEndpoint(text) == nil) }

  @Test(arguments: [
    ("https://anything.example/x", true), ("http://127.0.0.1:80/x", true), ("http://127.1.2.3/", true),
    ("http://localhost:9/", true), ("http://LOCALHOST/", true), ("http://[::1]:9/", true),
    ("http://169.254.170.2/", true),
    ("http://169.254.170.23/v1/credentials", true), ("http://[fd00:ec2::23]/v1/credentials", true),
    ("http://169.254.169.254/", false), ("http://example.com/", false), ("http://127.0.0.1.example.com/", false),
    ("http://127.0.0.1@example.com/", false), ("http://127.0.0.256/", false), ("http://127.0.0/", false),
    ("http://example.com\\@127.0.0.1/", false), ("http://[::2]/", false), ("http://[::1].example.com/", false),
    ("http://127.+1.0.0/", false), ("http://localhost:80x/", false),
    ("ftp://127.0.0.1/", false), ("127.0.0.1", false), ("https:///x", false), ("http://127.0.0.1\r\nx", false),
    ("", false),
  ]) func containerEndpoint(url: String, expected: Bool) { #expect(ContainerEndpoint.isTrusted(url) == expected) }

  @Test(
    arguments: [
      ("token", "token"), ("  token \r\nmore", "token"), ("", nil), ("\n", nil), ("a\u{0}b", nil), ("a\rb", nil),
      ("\u{E9}", nil),
      (String(repeating: "x", count: 16_385), nil),
    ] as [(String, String?)]) func printableLine(text: String, expected: String?)
  {
    #expect(PrintableLine.first(of: Array(text.utf8)) == expected)
  }
}
