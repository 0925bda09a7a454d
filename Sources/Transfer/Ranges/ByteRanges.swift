// SPDX-License-Identifier: Apache-2.0
//
// A set of bytes of a file, as ranges.
//
// For: which bytes of a local copy are there, which of them the bucket lacks, and what of an object must be fetched. State: the
// ranges in order, neither empty nor overlapping nor touching, so that equal sets are equal values. Pure; a value.
// Cost: finding a place takes the logarithm of the number of ranges; changing one in the middle moves those behind it. A program
// that writes here and there makes as many ranges as it makes writes, which is why `count` is there to be limited by the owner.

package struct ByteRanges: Sendable, Equatable {
  /// In order; neither empty nor overlapping nor touching.
  package private(set) var ranges: [Range<Int64>] = []

  package init() {}

  /// - Parameter ranges: in any order; they may overlap and be empty.
  package init(_ ranges: some Sequence<Range<Int64>>) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) where !range.isEmpty {
      if let last = self.ranges.last, range.lowerBound <= last.upperBound {
        self.ranges[self.ranges.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
      } else {
        self.ranges.append(range)
      }
    }
  }

  package init(_ range: Range<Int64>) { if !range.isEmpty { ranges = [range] } }

  package var isEmpty: Bool { ranges.isEmpty }

  /// How many ranges.
  package var count: Int { ranges.count }

  package var byteCount: Int64 { ranges.reduce(0) { $0 + Int64($1.count) } }

  /// Where the last byte ends; 0 for none.
  package var end: Int64 { ranges.last?.upperBound ?? 0 }

  package mutating func insert(_ range: Range<Int64>) {
    guard !range.isEmpty else { return }
    // Those that touch the new one become one with it.
    let first = index { $0.upperBound >= range.lowerBound }
    let behind = index { $0.lowerBound > range.upperBound }
    guard first < behind else { return ranges.insert(range, at: first) }
    let merged =
      min(range.lowerBound, ranges[first].lowerBound)..<max(range.upperBound, ranges[behind - 1].upperBound)
    ranges.replaceSubrange(first..<behind, with: CollectionOfOne(merged))
  }

  package mutating func remove(_ range: Range<Int64>) {
    guard !range.isEmpty else { return }
    let first = index { $0.upperBound > range.lowerBound }
    let behind = index { $0.lowerBound >= range.upperBound }
    guard first < behind else { return }
    let rest = [
      ranges[first].lowerBound..<max(ranges[first].lowerBound, range.lowerBound),
      min(ranges[behind - 1].upperBound, range.upperBound)..<ranges[behind - 1].upperBound,
    ]
    ranges.replaceSubrange(first..<behind, with: rest.filter { !$0.isEmpty })
  }

  /// All bytes from `end` on go.
  package mutating func truncate(to end: Int64) { remove(max(0, end)..<Int64.max) }

  package mutating func formUnion(_ other: ByteRanges) {
    guard other.count > 8 else { return other.ranges.forEach { insert($0) } }
    self = ByteRanges(ranges + other.ranges)
  }

  /// Whether all bytes of `range` are in.
  package func contains(_ range: Range<Int64>) -> Bool {
    guard !range.isEmpty else { return true }
    let place = index { $0.upperBound > range.lowerBound }
    return place < ranges.count && ranges[place].lowerBound <= range.lowerBound
      && ranges[place].upperBound >= range.upperBound
  }

  /// Whether a byte of `range` is in.
  package func intersects(_ range: Range<Int64>) -> Bool {
    guard !range.isEmpty else { return false }
    let place = index { $0.upperBound > range.lowerBound }
    return place < ranges.count && ranges[place].lowerBound < range.upperBound
  }

  /// What is in, of `range`.
  package func intersection(_ range: Range<Int64>) -> ByteRanges {
    var result = ByteRanges()
    guard !range.isEmpty else { return result }
    let first = index { $0.upperBound > range.lowerBound }
    let behind = index { $0.lowerBound >= range.upperBound }
    guard first < behind else { return result }
    result.ranges = ranges[first..<behind].map { $0.clamped(to: range) }
    return result
  }

  /// What is not in, of `range`.
  package func missing(in range: Range<Int64>) -> ByteRanges {
    var result = ByteRanges(range)
    for present in intersection(range).ranges { result.remove(present) }
    return result
  }

  /// The first range that is true for `predicate`, which is false before some range and true from it on.
  private func index(where predicate: (Range<Int64>) -> Bool) -> Int {
    var (low, high) = (0, ranges.count)
    while low < high {
      let middle = (low + high) / 2
      if predicate(ranges[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

extension ByteRanges: ExpressibleByArrayLiteral {
  package init(arrayLiteral ranges: Range<Int64>...) { self.init(ranges) }
}
