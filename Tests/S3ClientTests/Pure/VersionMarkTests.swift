// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import S3Client

@Suite("Marks of versions") struct VersionMarkTests {
  private static func head(_ etag: String, _ checksum: String?, size: Int64 = 10) -> ObjectHead {
    ObjectHead(size: size, etag: ETag(etag), lastModified: 0, checksumCRC32: checksum)
  }

  private static let put = VersionMark(size: 10, crc32: 0x0102_0304)
  private static let parts = VersionMark(size: 10, crc32: 0x0102_0304, etag: ETag("a-2"), checksum: "AAAAAA==-2")
  private static let untagged = VersionMark(size: 10, crc32: nil, etag: ETag(""))
  private static let copied = VersionMark(size: 10, crc32: nil, etag: ETag("a-2"))

  /// SEMANTICS: own-version
  @Test(
    arguments: [
      (put, "x", "AQIDBA==", .ours), (put, "x", "AQIDBQ==", .others), (put, "x", nil, .unknown),
      (put, "x-1", "AQIDBA==-1", .unknown),
      (parts, "a-2", nil, .ours), (parts, "b-2", "AAAAAA==-2", .ours), (parts, "b-2", "AAAAAA==-3", .others),
      (parts, "b-2", "AQIDBA==", .ours), (parts, "b-2", nil, .unknown),
      (copied, "a-2", nil, .ours), (copied, "b-2", nil, .unknown), (copied, "b-2", "AQIDBA==", .unknown),
      (untagged, "", nil, .unknown),
    ] as [(VersionMark, String, String?, VersionMark.Verdict)])
  func verdict(_ mark: VersionMark, _ etag: String, _ checksum: String?, _ expected: VersionMark.Verdict) {
    #expect(mark.verdict(Self.head(etag, checksum)) == expected)
    #expect(mark.verdict(Self.head(etag, checksum, size: 11)) == .others)
  }
}
