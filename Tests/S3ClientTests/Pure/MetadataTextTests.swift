// SPDX-License-Identifier: Apache-2.0

import S3Client
import Testing

@Suite struct MetadataTextTests {
  /// SEMANTICS: xattr-metadata
  @Test(
    arguments: [
      ([], ""), (Array("plain".utf8), "plain"), (Array("a b".utf8), "a b"), (Array(" a ".utf8), "%20a%20"),
      (Array("50%".utf8), "50%25"), ([0, 10, 255], "%00%0A%FF"), (Array("ü".utf8), "%C3%BC"),
    ] as [([UInt8], String)])
  func valuesArePrintable(value: [UInt8], text: String) {
    #expect(MetadataText.encode(value) == text)
    #expect(MetadataText.decode(text) == value)
  }

  @Test(
    arguments: [("100%", "100%"), ("%zz", "%zz"), ("a%4", "a%4"), ("%41", "A"), ("%+4", "%+4")] as [(String, String)])
  func whatOthersWroteIsReadAsItIs(text: String, value: String) {
    #expect(MetadataText.decode(text) == Array(value.utf8))
  }

  @Test(
    arguments: [
      ("colour", true), ("a-b_c.d", true), ("", false), ("Big", false), ("with space", false), ("ü", false),
      ("a:b", false),
    ] as [(String, Bool)])
  func namesAreLowercaseTokens(text: String, isName: Bool) { #expect(MetadataText.isName(text) == isName) }
}
