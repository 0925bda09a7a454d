// SPDX-License-Identifier: Apache-2.0
//
// How a file is cut into the parts of a multipart upload. Pure.
//
// S3 takes at most 10,000 parts of 5 MiB to 5 GiB each (S3 User Guide, "Amazon S3 multipart upload limits"). A file that
// is still growing has no known size, so its parts start small, for an early start and cheap repeats, and grow in steps:
// the first 1,000 parts have the base size, then the size doubles every 250 parts up to 5 GiB. With 8 MiB parts that is
// 7.8 GiB of 8 MiB parts, and 36 TiB in all.

package struct PartLadder: Equatable, Sendable {
  /// Bytes of the first parts.
  package let baseSize: Int64

  package static let minimumPartSize: Int64 = 5 << 20
  package static let maximumPartSize: Int64 = 5 << 30
  package static let maximumPartCount = 10_000
  private static let baseCount = 1_000
  private static let stepCount = 250

  /// - Parameters:
  ///   - baseSize: bytes; brought into the range that the store allows.
  ///   - minimum: the least that the store takes, in bytes; a store in memory takes less than S3.
  package init(baseSize: Int64, minimum: Int64 = PartLadder.minimumPartSize) {
    self.baseSize = min(max(baseSize, minimum), PartLadder.maximumPartSize)
  }

  /// The bytes that part `number` (from 1) covers in a file that is long enough.
  package func range(ofPart number: Int) -> Range<Int64> {
    var start: Int64 = 0
    var size = baseSize
    var first = 1
    var count = PartLadder.baseCount
    while number >= first + count {
      start += Int64(count) * size
      first += count
      size = min(size * 2, PartLadder.maximumPartSize)
      count = PartLadder.stepCount
    }
    start += Int64(number - first) * size
    return start..<(start + size)
  }

  /// The part that holds the byte at `offset`.
  package func part(at offset: Int64) -> Int {
    var start: Int64 = 0
    var size = baseSize
    var first = 1
    var count = PartLadder.baseCount
    while offset >= start + Int64(count) * size {
      start += Int64(count) * size
      first += count
      size = min(size * 2, PartLadder.maximumPartSize)
      count = PartLadder.stepCount
    }
    return first + Int((offset - start) / size)
  }

  /// How many parts a file of `size` bytes has; at least one.
  package func count(forSize size: Int64) -> Int { size <= 0 ? 1 : part(at: size - 1) }

  /// The largest file that 10,000 parts hold, in bytes.
  package var maximumSize: Int64 { range(ofPart: PartLadder.maximumPartCount).upperBound }
}
