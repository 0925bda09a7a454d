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
}
