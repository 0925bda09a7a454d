// SPDX-License-Identifier: Apache-2.0

import S3Client
import Testing
import VFS

@testable import BucketFileSystem

@Suite("Extended attributes") struct ExtendedAttributeTests {
  @Test(
    arguments: [
      ("user.mime_type", ExtendedAttribute.header(.contentType)), ("user.cache_control", .header(.cacheControl)),
      ("user.colour", .metadata("colour")), ("user.a-b_c.d", .metadata("a-b_c.d")), ("user.s3.etag", .fact(.etag)),
      ("user.s3.upload_url", .fact(.uploadURL)),
    ] as [(String, ExtendedAttribute)])
  func namesAreProperties(name: String, attribute: ExtendedAttribute) throws {
    #expect(try ExtendedAttribute(name) == attribute)
  }

  @Test(
    arguments: [
      ("security.capability", Errno.EOPNOTSUPP), ("trusted.x", .EOPNOTSUPP), ("user.", .EINVAL), ("user.Big", .EINVAL),
      ("user.with space", .EINVAL), ("user.ü", .EINVAL), ("user.mode", .EINVAL), ("user.s3.colour", .ENODATA),
    ] as [(String, Errno)])
  func otherNamesAreRefused(name: String, errno: Errno) {
    #expect(throws: errno) { try ExtendedAttribute(name) }
  }

  @Test(
    arguments: [
      ([], ""), (Array("plain".utf8), "plain"), (Array("a b".utf8), "a b"), (Array(" a ".utf8), "%20a%20"),
      (Array("50%".utf8), "50%25"), ([0, 10, 255], "%00%0A%FF"), (Array("ü".utf8), "%C3%BC"),
    ] as [([UInt8], String)])
  func valuesArePrintable(value: [UInt8], text: String) {
    #expect(ExtendedAttribute.encode(value) == text)
    #expect(ExtendedAttribute.decode(text) == value)
  }

  @Test(arguments: [("100%", "100%"), ("%zz", "%zz"), ("a%4", "a%4"), ("%41", "A")])
  func whatOthersWroteIsReadAsItIs(text: String, value: String) {
    #expect(ExtendedAttribute.decode(text) == Array(value.utf8))
  }
}
