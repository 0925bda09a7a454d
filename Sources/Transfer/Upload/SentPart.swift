// SPDX-License-Identifier: Apache-2.0

package import S3Client

/// A part that the store has, as we sent it.
package struct SentPart: Equatable, Sendable {
  package var number: Int
  /// In bytes.
  package var length: Int64
  package var etag: ETag
  /// Of the bytes that were read here, whether or not the store was told.
  package var crc32: UInt32

  package init(number: Int, length: Int64, etag: ETag, crc32: UInt32) {
    self.number = number
    self.length = length
    self.etag = etag
    self.crc32 = crc32
  }

  /// The CRC-32 of the object that these parts make, in the order of their numbers.
  package static func checksum(of parts: [SentPart]) -> UInt32 {
    guard let first = parts.first else { return CRC32().value }
    return parts.dropFirst().reduce(first.crc32) { CRC32.combine($0, $1.crc32, length: $1.length) }
  }
}
