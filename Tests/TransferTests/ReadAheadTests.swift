// SPDX-License-Identifier: Apache-2.0

import Testing
import Transfer

@Suite("Read-ahead") struct ReadAheadTests {
  private static let kernelRead: Int64 = 128 << 10
  private static let size: Int64 = 1 << 30

  private func plan(size: Int64 = ReadAheadTests.size) -> ReadAhead {
    ReadAhead(size: size, chunkSize: 8 << 20, windowLimit: 64 << 20)
  }

  /// SEMANTICS: read-ahead
  @Test func firstRangeIsSmall() {
    var plan = plan()
    _ = plan.read(0..<Self.kernelRead)
    let outcome1 = plan.demand(0..<Self.kernelRead)
    #expect(outcome1 == 0..<ReadAhead.firstRange)
  }

  @Test func aLookAtTheHeadFetchesNothingMore() {
    var plan = plan()
    _ = plan.read(0..<Self.kernelRead)
    _ = plan.demand(0..<Self.kernelRead)
    let outcome2 = plan.speculate()
    #expect(outcome2 == nil)
  }

  /// SEMANTICS: read-ahead
  @Test func aRunGrowsItsRangesUpToTheChunk() {
    var plan = plan()
    var offset: Int64 = 0
    var ranges: [Range<Int64>] = []
    while offset < 200 << 20 {
      let read = offset..<(offset + Self.kernelRead)
      _ = plan.read(read)
      if plan.frontier < read.upperBound { ranges.append(plan.demand(read)) }
      while let range = plan.speculate() { ranges.append(range) }
      plan.widen()
      offset = read.upperBound
    }
    // Each byte is asked for once, in order.
    for (one, next) in zip(ranges, ranges.dropFirst()) { #expect(one.upperBound == next.lowerBound) }
    #expect(ranges.map(\.count).max() == 8 << 20)
    #expect(ranges[0].count == Int(ReadAhead.firstRange))
    // Never further ahead than the window allows, a chunk at most beyond it.
    #expect(plan.frontier - offset <= 72 << 20)
  }

  /// SEMANTICS: read-ahead
  @Test func aJumpFetchesJustWhatWasAskedFor() {
    var plan = plan()
    let read: Range<Int64> = 524_288_000..<524_292_096
    let outcome3 = plan.read(read)
    #expect(!outcome3)
    let outcome4 = plan.demand(read)
    #expect(outcome4 == 524_288_000..<(524_288_000 + ReadAhead.smallestRange))
    let outcome5 = plan.speculate()
    #expect(outcome5 == nil)
  }

  @Test func slightlyOutOfOrderIsStillARun() {
    var plan = plan()
    for offset in [1, 0, 3, 2, 5, 4] as [Int64] {
      let outcome6 = plan.read(offset * Self.kernelRead..<(offset + 1) * Self.kernelRead)
      #expect(outcome6)
    }
  }

  @Test func neverBeyondTheEnd() {
    var plan = plan(size: 100)
    _ = plan.read(0..<100)
    let outcome7 = plan.demand(0..<100)
    #expect(outcome7 == 0..<100)
    let outcome8 = plan.speculate()
    #expect(outcome8 == nil)
  }
}
