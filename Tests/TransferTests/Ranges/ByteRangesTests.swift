// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Transfer

@Suite("Sets of bytes") struct ByteRangesTests {
  private static let set = ByteRanges([10..<20, 30..<40, 50..<60])

  @Test(
    arguments: [
      (0..<5, [0..<5, 10..<20, 30..<40, 50..<60]), (0..<10, [0..<20, 30..<40, 50..<60]),
      (20..<30, [10..<40, 50..<60]), (15..<35, [10..<40, 50..<60]), (12..<18, [10..<20, 30..<40, 50..<60]),
      (5..<65, [5..<65]), (60..<61, [10..<20, 30..<40, 50..<61]), (70..<71, [10..<20, 30..<40, 50..<60, 70..<71]),
      (25..<25, [10..<20, 30..<40, 50..<60]), (21..<29, [10..<20, 21..<29, 30..<40, 50..<60]),
    ] as [(Range<Int64>, [Range<Int64>])])
  func insert(range: Range<Int64>, expected: [Range<Int64>]) {
    var set = Self.set
    set.insert(range)
    #expect(set.ranges == expected)
  }

  @Test(
    arguments: [
      (0..<10, [10..<20, 30..<40, 50..<60]), (0..<15, [15..<20, 30..<40, 50..<60]),
      (12..<18, [10..<12, 18..<20, 30..<40, 50..<60]), (10..<20, [30..<40, 50..<60]), (15..<55, [10..<15, 55..<60]),
      (0..<100, []), (20..<30, [10..<20, 30..<40, 50..<60]), (35..<35, [10..<20, 30..<40, 50..<60]),
    ] as [(Range<Int64>, [Range<Int64>])])
  func remove(range: Range<Int64>, expected: [Range<Int64>]) {
    var set = Self.set
    set.remove(range)
    #expect(set.ranges == expected)
  }

  @Test func facts() {
    #expect(Self.set.byteCount == 30 && Self.set.count == 3 && Self.set.end == 60 && ByteRanges().end == 0)
    #expect(ByteRanges([30..<40, 10..<15, 14..<20, 50..<60, 7..<7, 40..<40]) == Self.set)
    #expect(Self.set.missing(in: 0..<100).ranges == [0..<10, 20..<30, 40..<50, 60..<100])
    #expect(Self.set.missing(in: 12..<18).isEmpty && Self.set.missing(in: 15..<15).isEmpty)
    #expect(Self.set.intersection(15..<55).ranges == [15..<20, 30..<40, 50..<55])
    #expect(Self.set.contains(10..<20) && !Self.set.contains(9..<11) && !Self.set.contains(15..<35))
    #expect(Self.set.intersects(19..<30) && !Self.set.intersects(20..<30) && !Self.set.intersects(15..<15))
    var cut = Self.set
    cut.truncate(to: 35)
    #expect(cut.ranges == [10..<20, 30..<35])
  }

  /// Compared with a table of bytes.
  @Test func randomOperations() {
    var random = SplitMix(state: 11)
    for _ in 0..<200 {
      var (set, table) = (ByteRanges(), [Bool](repeating: false, count: 64))
      for _ in 0..<40 {
        let bounds = [Int64(random.next() % 64), Int64(random.next() % 64)].sorted()
        let range = bounds[0]..<bounds[1]
        let isInsertion = random.next() % 3 > 0
        if isInsertion { set.insert(range) } else { set.remove(range) }
        for index in range { table[Int(index)] = isInsertion }
        let expected = ByteRanges((0..<64).filter { table[Int($0)] }.map { $0..<($0 + 1) })
        #expect(set == expected)
        let probe = (Int64(random.next() % 32))..<(32 + Int64(random.next() % 32))
        #expect(set.contains(probe) == probe.allSatisfy { table[Int($0)] })
        #expect(set.intersects(probe) == probe.contains { table[Int($0)] })
        #expect(set.intersection(probe).byteCount + set.missing(in: probe).byteCount == Int64(probe.count))
        var both = set
        both.formUnion(ByteRanges(probe))
        #expect(both.byteCount == set.byteCount + set.missing(in: probe).byteCount)
      }
    }
  }
}
