// SPDX-License-Identifier: Apache-2.0

import Testing
import Transfer

@Suite("Download plan") struct DownloadPlanTests {
  private static let mebibyte: Int64 = 1 << 20

  @Test(
    arguments: [
      // Object, first and end of what is wanted, range size; count, and the last range.
      (0, nil, 8, 0, nil), (1, nil, 8, 1, 0..<1), (8, nil, 8, 1, 0..<8), (9, nil, 8, 2, 8..<9), (16, nil, 8, 2, 8..<16),
      (20, 3..<13, 8, 2, 11..<13), (20, 3..<99, 8, 3, 19..<20), (20, 0..<20, 8, 3, 16..<20),
    ] as [(Int64, Range<Int64>?, Int64, Int, Range<Int64>?)])
  func cuts(object: Int64, wanted: Range<Int64>?, size: Int64, count: Int, last: Range<Int64>?) throws {
    let unit = Self.mebibyte
    func scaled(_ range: Range<Int64>) -> Range<Int64> { (range.lowerBound * unit)..<(range.upperBound * unit) }
    let plan = try #require(
      DownloadPlan(objectSize: object * unit, wanted: wanted.map(scaled), rangeSize: size * unit))
    #expect(plan.count == count)
    #expect(plan.size == (0..<count).reduce(0) { $0 + Int64(plan.range($1).count) })
    if let last { #expect(plan.range(count - 1) == scaled(last)) }
    for index in 0..<count {
      let range = plan.range(index)
      #expect(plan.index(start: range.lowerBound, length: Int64(range.count)) == index)
      #expect(plan.place(of: index).lowerBound == range.lowerBound - plan.bytes.lowerBound)
    }
  }

  @Test func nothingWanted() {
    #expect(DownloadPlan(objectSize: 10, wanted: 10..<12, rangeSize: 1) == nil)
    #expect(DownloadPlan(objectSize: 0, wanted: 0..<1, rangeSize: 1) == nil)
    #expect(DownloadPlan(objectSize: 10, wanted: 4..<4, rangeSize: 1) == nil)
  }

  @Test func knowsItsRangesOnly() throws {
    let plan = try #require(DownloadPlan(objectSize: 200_000, wanted: 1_000..<200_000, rangeSize: 65_536))
    #expect(plan.index(start: 1_000, length: 65_536) == 0)
    for (start, length) in [
      (0, 65_536), (1_001, 65_536), (1_000, 65_535), (200_000, 0), (-64_536, 65_536), (Int64.min, 1),
    ]
      as [(Int64, Int64)]
    {
      #expect(plan.index(start: start, length: length) == nil)
    }
  }

  @Test func sizesAreWithinReason() throws {
    #expect(try #require(DownloadPlan(objectSize: 1, rangeSize: 0)).rangeSize == DownloadPlan.smallestRange)
    #expect(try #require(DownloadPlan(objectSize: 1, rangeSize: .max)).rangeSize == DownloadPlan.largestRange)
    // 48 TiB.
    let plan = try #require(DownloadPlan(objectSize: 48 << 40, rangeSize: 8 << 20))
    #expect(plan.rangeSize == 64 << 20 && plan.count <= 1_000_000)
  }
}
