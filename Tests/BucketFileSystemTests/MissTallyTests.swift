// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import BucketFileSystem

@Suite("When a listing is cheaper than asking") struct MissTallyTests {
  /// The first number of misses, one a millisecond, after which a listing is wanted.
  private func misses(_ tally: inout MissTally, from start: Double, limit: Int = 1_000) -> Int? {
    for count in 1...limit {
      let now = start + Double(count) / 1_000
      tally.noteMiss(at: now, period: 1)
      if tally.pagesToList(at: now, period: 1) > 0 { return count }
    }
    return nil
  }

  /// SEMANTICS: metadata-ttl
  @Test(arguments: [(0, 8), (1, 8), (2, 8), (3, 12), (10, 40)] as [(Int, Int)])
  func asManyAsItsPagesAreWorth(pages: Int, wanted: Int) {
    var tally = MissTally()
    tally.noteListing(pages: pages, isComplete: true)
    #expect(misses(&tally, from: 0) == wanted)
    // Counted anew.
    #expect(misses(&tally, from: 0.1) == wanted)
  }

  /// SEMANTICS: metadata-ttl
  @Test func slowMissesAreAskedForOneByOne() {
    var tally = MissTally()
    for second in 0..<100 {
      tally.noteMiss(at: Double(second) * 0.4, period: 1)
      let pages = tally.pagesToList(at: Double(second) * 0.4, period: 1)
      #expect(pages == 0)
    }
  }

  @Test func whatIsLongAgoDoesNotCount() {
    var tally = MissTally()
    for _ in 0..<100 { tally.noteMiss(at: 0, period: 1) }
    let pages = tally.pagesToList(at: 2.1, period: 1)
    #expect(pages == 0)
  }

  /// A directory of any size costs a page for four names that were looked for in vain, and no more.
  @Test func aListingEndsWhereItIsWorthNoMore() {
    var tally = MissTally()
    var now = 0.0
    var asked: [Int] = []
    for _ in 0..<120 {
      now += 0.001
      tally.noteMiss(at: now, period: 1)
      let pages = tally.pagesToList(at: now, period: 1)
      guard pages > 0 else { continue }
      asked.append(pages)
      tally.noteListing(pages: pages, isComplete: false)
    }
    #expect(asked == [2, 4, 8, 16])
  }
}
