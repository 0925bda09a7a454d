// SPDX-License-Identifier: Apache-2.0

/// How much of an object to fetch when a part of it is read that is not here: more with each read that follows the one before. Pure.
struct FetchWindow: Sendable {
  /// Bytes that are fetched at least: a request costs as much as reading these.
  static let smallest: Int64 = 1 << 20
  static let largest: Int64 = 64 << 20

  private var end: Int64 = -1
  private var length = FetchWindow.smallest

  /// What to fetch for a read of `wanted` in a file of `size` bytes: all of it, and what is likely to be read next.
  mutating func range(for wanted: Range<Int64>, size: Int64) -> Range<Int64> {
    let isNext = wanted.lowerBound <= end && wanted.upperBound > end && end >= 0
    length = isNext ? min(length * 2, FetchWindow.largest) : FetchWindow.smallest
    let start = isNext ? wanted.lowerBound : wanted.lowerBound / FetchWindow.smallest * FetchWindow.smallest
    end = min(size, max(wanted.upperBound, start + length))
    return start..<max(start, end)
  }
}
