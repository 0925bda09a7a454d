// SPDX-License-Identifier: Apache-2.0
//
// Which bytes of an object to send when some of them are dirty: all of these, and as few others as possible. Pure.
//
// For: OverwritePlan. What is sent is a list of stretches. Each has a least length, and so has each gap between them, which
// the store copies; only the last stretch or gap of the object may have any length. A stretch that is too short grows into clean
// bytes, and two stretches with too small a gap between them become one.
// How: the dirty ranges are grouped, from left to right, into stretches. A stretch that must grow grows to the left as far as
// the gap before it allows: it costs the same, and leaves most room for the next. Of the ways to send the first n dirty ranges,
// those are kept that nothing else beats in both cost and end. A group never needs more than three ranges: of four, the gap in
// the middle could be copied, and both halves would still be long enough. So the work is linear in the number of ranges, and
// the result is the best there is.

struct OverwriteLayout {
  /// Bytes of the object.
  let size: Int64
  /// Bytes of a stretch at least.
  let smallestUpload: Int64
  /// Bytes of a gap at least; not less than ``smallestUpload``.
  let smallestCopy: Int64

  /// One way to send the ranges so far.
  private struct Way {
    /// The last stretch; empty before the first.
    var stretch: Range<Int64>
    /// Bytes sent.
    var cost: Int64
    /// How many ranges are covered without it, and by which way.
    var previous: (count: Int, way: Int)

    var end: Int64 { stretch.upperBound }
  }

  private static let largestGroup = 3
  /// Ways that are kept; more have not been seen to matter.
  private static let mostWays = 16

  /// - Parameter dirty: in order, not touching one another, inside of the object.
  /// - Returns: the stretches to send, in order; between them, before and after them the store copies.
  func uploads(for dirty: [Range<Int64>]) -> [Range<Int64>] {
    let ranges = merged(dirty)
    var ways: [[Way]] = [[Way(stretch: 0..<0, cost: 0, previous: (0, 0))]]
    for count in stride(from: 1, through: ranges.count, by: 1) {
      var found: [Way] = []
      for first in max(0, count - OverwriteLayout.largestGroup)..<count {
        let span = ranges[first].lowerBound..<ranges[count - 1].upperBound
        for (index, way) in ways[first].enumerated() {
          for stretch in stretches(over: span, after: way.end, isFirst: first == 0, isLast: count == ranges.count) {
            let cost = way.cost + Int64(stretch.count)
            found.append(Way(stretch: stretch, cost: cost, previous: (first, index)))
          }
        }
      }
      ways.append(OverwriteLayout.best(found))
    }
    var stretches: [Range<Int64>] = []
    var (count, index) = (ranges.count, 0)
    while count > 0 {
      stretches.append(ways[count][index].stretch)
      (count, index) = ways[count][index].previous
    }
    return stretches.reversed()
  }

  /// The dirty ranges, joined where the gap between them cannot be copied.
  private func merged(_ dirty: [Range<Int64>]) -> [Range<Int64>] {
    var merged: [Range<Int64>] = []
    for range in dirty {
      let end = merged.last?.upperBound ?? 0
      if range.lowerBound - end >= smallestCopy {
        merged.append(range)
      } else {
        let start = merged.popLast()?.lowerBound ?? 0
        merged.append(start..<range.upperBound)
      }
    }
    return merged
  }

  /// The ways to send `span` as one stretch, behind one that ends at `end`.
  private func stretches(
    over span: Range<Int64>, after end: Int64, isFirst: Bool, isLast: Bool
  ) -> [Range<Int64>] {
    var starts: [(floor: Int64, start: Int64)] = []
    if isFirst { starts.append((0, 0)) }
    let floor = end + smallestCopy
    if span.lowerBound >= floor { starts.append((floor, span.lowerBound)) }
    return starts.flatMap { floor, start -> [Range<Int64>] in
      var stretches: [Range<Int64>] = []
      let lower = start == 0 ? 0 : min(start, max(floor, span.upperBound - smallestUpload))
      let upper = max(span.upperBound, lower + smallestUpload)
      if upper <= size { stretches.append(lower..<upper) }
      // To the end of the object, as long or short as that is.
      if isLast { stretches.append(start..<size) }
      return stretches
    }
  }

  /// Those that no other beats in both cost and end, the cheapest first.
  private static func best(_ ways: [Way]) -> [Way] {
    var best: [Way] = []
    for way in ways.sorted(by: { ($0.cost, $0.end) < ($1.cost, $1.end) })
    where best.last.map({ way.end < $0.end }) ?? true {
      best.append(way)
    }
    return Array(best.prefix(mostWays))
  }
}
