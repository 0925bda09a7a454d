// SPDX-License-Identifier: Apache-2.0

import Mount
import Testing

@Suite("What is mounted")
struct MountSourceTests {
  @Test(
    "is a bucket or a part of one",
    arguments: [
      ("photos", "photos", "", "s3://photos"),
      ("s3://photos", "photos", "", "s3://photos"),
      ("s3://photos/", "photos", "", "s3://photos"),
      ("s3://photos/2024", "photos", "2024/", "s3://photos/2024"),
      ("s3://my.photos_X/a/b/", "my.photos_X", "a/b/", "s3://my.photos_X/a/b"),
      ("s3://photos/ä ö", "photos", "ä ö/", "s3://photos/ä ö"),
    ])
  func reads(text: String, bucket: String, prefix: String, description: String) throws {
    let source = try MountSource(text)
    #expect(source.bucket == bucket)
    #expect(source.prefix == prefix)
    #expect(source.description == description)
  }

  @Test(
    "is nothing else",
    arguments: [
      "", "ab", "photos/2024", "s3://", "s3:///a", "https://photos.s3.amazonaws.com", "s3://photos//a",
      "s3://photos/a//b",
      "s3://photos/../b", "s3://photos/./b", "-photos", "pho tos", "photos?x", "s3://user@photos/a",
      "s3://photos/a\u{1B}b",
    ])
  func refuses(text: String) {
    #expect { try MountSource(text) } throws: { ($0 as? MountFailure)?.kind == .usage }
  }

  @Test("takes a prefix of its own or from an option, not two")
  func prefixes() throws {
    let bucket = try MountSource("photos")
    #expect(try MountSource(bucket, prefix: "/a/b").prefix == "a/b/")
    let part = try MountSource("s3://photos/a")
    #expect(try MountSource(part, prefix: "a/").prefix == "a/")
    #expect(throws: MountFailure.self) { try MountSource(part, prefix: "b") }
  }
}
