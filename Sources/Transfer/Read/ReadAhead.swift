// SPDX-License-Identifier: Apache-2.0
//
// How far to read ahead of a program. Pure: positions in, ranges to fetch out.
//
// A sequential reader gets a small first range for a fast first byte, then ranges that double up to the chunk size, and a
// window of them that doubles each time the reader has eaten one, up to the limit. A reader that jumps gets just what it
// asked for, until it has read on for a while. The kernel's own read-ahead sends requests slightly out of order, so "on"
// allows a small step either way.

package struct ReadAhead: Sendable {
  /// Bytes of the object.
  package let size: Int64
  /// The largest range, in bytes.
  package let chunkSize: Int64
  /// The widest window ahead of the reader, in bytes.
  package let windowLimit: Int64

  /// 1 MiB and a kernel read: the first GET answers before the second read is due.
  package static let firstRange: Int64 = (1 << 20) + (128 << 10)
  /// What a jump fetches at least: one kernel read.
  package static let smallestRange: Int64 = 128 << 10
  /// The kernel has several requests of up to 1 MiB under way, and their order of arrival is that of the threads.
  private static let tolerance: Int64 = 4 << 20

  /// Where the last read ended.
  private var cursor: Int64 = 0
  /// Bytes read in sequence up to the cursor.
  private var run: Int64 = 0
  /// The end of what was asked of the store for this run.
  package private(set) var frontier: Int64 = 0
  private var window: Int64 = ReadAhead.firstRange
  private var nextRange: Int64 = ReadAhead.firstRange

  package init(size: Int64, chunkSize: Int64, windowLimit: Int64) {
    self.size = size
    self.chunkSize = max(chunkSize, ReadAhead.firstRange)
    self.windowLimit = windowLimit
  }

  /// A program reads `range`. Returns whether it goes on where it was.
  package mutating func read(_ range: Range<Int64>) -> Bool {
    let isSequential =
      range.lowerBound >= cursor - ReadAhead.tolerance && range.lowerBound <= cursor + ReadAhead.tolerance
    if isSequential {
      run += max(0, range.upperBound - cursor)
      cursor = max(cursor, range.upperBound)
    } else {
      cursor = range.upperBound
      run = Int64(range.count)
      frontier = range.lowerBound
      window = ReadAhead.firstRange
      nextRange = ReadAhead.firstRange
    }
    return isSequential
  }

  /// The range to fetch for a program that waits at `offset`, of which nothing is at hand.
  package mutating func demand(_ range: Range<Int64>) -> Range<Int64> {
    // At the start of a file and at the head of a run a reader will want more; after a jump, or behind what was fetched
    // already, only what it asked for.
    let isRun =
      range.lowerBound >= frontier && (range.lowerBound < ReadAhead.firstRange || run > 2 * ReadAhead.smallestRange)
    let length = isRun ? max(nextRange, Int64(range.count)) : max(Int64(range.count), ReadAhead.smallestRange)
    let fetched = range.lowerBound..<min(range.lowerBound + length, size)
    frontier = max(frontier, fetched.upperBound)
    if isRun { nextRange = min(nextRange * 2, chunkSize) }
    return fetched
  }

  /// The next range to fetch before anybody waits for it, or nil when the window is full.
  package mutating func speculate() -> Range<Int64>? {
    // Nothing ahead before a run has shown itself: a look at the head of a file must stay cheap.
    guard run > 2 * ReadAhead.smallestRange, frontier < size else { return nil }
    let start = max(frontier, cursor)
    guard start - cursor < window else { return nil }
    let range = start..<min(start + nextRange, size)
    frontier = range.upperBound
    nextRange = min(nextRange * 2, chunkSize)
    return range
  }

  /// The reader has eaten a whole range: it is worth a wider window.
  package mutating func widen() { window = min(window * 2, windowLimit) }

  /// Everything before this may be forgotten.
  package var floor: Int64 { max(0, cursor - ReadAhead.tolerance) }

  /// A range that `speculate` gave out was not fetched after all: no memory for it.
  package mutating func giveBack(_ range: Range<Int64>) { frontier = min(frontier, range.lowerBound) }
}
