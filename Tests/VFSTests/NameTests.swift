// SPDX-License-Identifier: Apache-2.0

import Testing
import VFS

struct NameTests {
  @Test(arguments: [
    "a", "...", ".hidden", "with space", "naïve", "日本語", "line\nfeed", "a\u{7f}", String(repeating: "x", count: 255),
    String(repeating: "é", count: 127),
  ])
  func accepts(_ string: String) throws {
    let name = try #require(Name(string))
    #expect(name.string == string)
    #expect(name.description == string)
  }

  @Test(arguments: [
    "", ".", "..", "a/b", "/", "a\0b", String(repeating: "x", count: 256), String(repeating: "é", count: 128),
  ])
  func refuses(_ string: String) {
    #expect(Name(string) == nil)
  }

  @Test(
    arguments: [
      ([0x61, 0x62], "ab"), ([0xc3, 0xa9], "é"), ([0xf0, 0x9f, 0x90, 0x9f], "🐟"),
      // A lone continuation byte; an overlong slash; a surrogate; a truncated sequence; Latin-1.
      ([0x80], nil), ([0xc0, 0xaf], nil), ([0xed, 0xa0, 0x80], nil), ([0xe2, 0x82], nil), ([0x63, 0xe9], nil),
    ] as [([UInt8], String?)])
  func decodesBytes(_ bytes: [UInt8], _ expected: String?) {
    let name = bytes.withUnsafeBytes { Name(utf8: $0) }
    #expect(name?.string == expected)
  }

  @Test func comparesBytesAndNotCharacters() throws {
    let composed = try #require(Name("\u{e9}"))
    let decomposed = try #require(Name("e\u{301}"))
    #expect(composed.string == decomposed.string)
    #expect(composed != decomposed)
    #expect(Set([composed, decomposed]).count == 2)
  }

  /// The order of S3's listings: by bytes, so upper case before lower case and `-` before `/`.
  @Test func sortsByBytes() {
    let names = ["b", "a", "Z", "é", "a-", "a.b", "ab"].compactMap { Name($0) }
    #expect(names.sorted().map(\.string) == ["Z", "a", "a-", "a.b", "ab", "b", "é"])
  }
}
