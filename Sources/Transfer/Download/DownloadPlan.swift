// SPDX-License-Identifier: Apache-2.0

/// How an object, or a part of it, is cut into the ranges of a download. Pure.
///
/// All ranges but the last have the same size. It is doubled while there would be more than a million of them: each costs
/// a line of the journal and a few bytes of memory.
package struct DownloadPlan: Equatable, Sendable {
  /// The wanted bytes of the object; the first of them is the first of the destination.
  package let bytes: Range<Int64>
  /// Bytes of each range but the last.
  package let rangeSize: Int64

  /// A request for less costs more than its bytes.
  package static let smallestRange: Int64 = 64 << 10
  /// A range is held in memory.
  package static let largestRange: Int64 = 1 << 30
  package static let mostRanges: Int64 = 1_000_000

  /// - Parameters:
  ///   - objectSize: in bytes.
  ///   - wanted: bytes of the object; nil for all. What lies beyond its end is left out.
  ///   - rangeSize: wanted, in bytes; brought between ``smallestRange`` and ``largestRange``.
  /// - Returns: nil when the object has none of the wanted bytes.
  package init?(objectSize: Int64, wanted: Range<Int64>? = nil, rangeSize: Int64) {
    let all = 0..<max(0, objectSize)
    bytes = wanted?.clamped(to: all) ?? all
    guard wanted == nil || !bytes.isEmpty else { return nil }
    let least = (Int64(bytes.count) + DownloadPlan.mostRanges - 1) / DownloadPlan.mostRanges
    var size = min(max(rangeSize, DownloadPlan.smallestRange), DownloadPlan.largestRange)
    while size < least { size *= 2 }
    self.rangeSize = size
  }

  /// Bytes that are wanted.
  package var size: Int64 { Int64(bytes.count) }

  /// How many ranges there are; none for an empty object.
  package var count: Int { Int((size + rangeSize - 1) / rangeSize) }

  /// The bytes of the object that range `index`, which counts from 0, brings.
  package func range(_ index: Int) -> Range<Int64> {
    let start = bytes.lowerBound + Int64(index) * rangeSize
    return start..<min(start + rangeSize, bytes.upperBound)
  }

  /// Where range `index` lies in the destination.
  package func place(of index: Int) -> Range<Int64> {
    let range = range(index)
    return (range.lowerBound - bytes.lowerBound)..<(range.upperBound - bytes.lowerBound)
  }

  /// The range that is exactly this stretch of the object, if there is one.
  package func index(start: Int64, length: Int64) -> Int? {
    let (offset, overflow) = start.subtractingReportingOverflow(bytes.lowerBound)
    guard !overflow, offset >= 0, offset < size, offset.isMultiple(of: rangeSize) else { return nil }
    let index = Int(offset / rangeSize)
    return Int64(range(index).count) == length ? index : nil
  }
}
