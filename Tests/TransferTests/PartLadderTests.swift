// SPDX-License-Identifier: Apache-2.0

import Testing
import Transfer

@Suite("Part ladder") struct PartLadderTests {
  private let ladder = PartLadder(baseSize: 8 << 20)

  /// In MiB.
  @Test(
    arguments: [
      (1, 0, 8), (2, 8, 16), (1_000, 7_992, 8_000),
      // The first part of the second step has twice the size.
      (1_001, 8_000, 8_016), (1_250, 11_984, 12_000), (1_251, 12_000, 12_032),
    ] as [(Int, Int64, Int64)])
  func rangesOfParts(number: Int, start: Int64, end: Int64) {
    let range = (start << 20)..<(end << 20)
    #expect(ladder.range(ofPart: number) == range)
  }

  @Test func rangesJoinWithoutGapsAndHoldTheirOffsets() {
    var end: Int64 = 0
    for number in 1...PartLadder.maximumPartCount {
      let range = ladder.range(ofPart: number)
      #expect(range.lowerBound == end)
      #expect(range.count >= 5 << 20 && range.count <= 5 << 30)
      #expect(ladder.part(at: range.lowerBound) == number)
      #expect(ladder.part(at: range.upperBound - 1) == number)
      end = range.upperBound
    }
    #expect(ladder.maximumSize == end)
    // More than 30 TiB, from parts that begin with 8 MiB.
    #expect(end > 30 << 40)
  }

  @Test(arguments: [(0, 1), (1, 1), (8_388_608, 1), (8_388_609, 2), (1_073_741_824, 128)] as [(Int64, Int)])
  func counts(size: Int64, count: Int) { #expect(ladder.count(forSize: size) == count) }

  /// In MiB.
  @Test(arguments: [(1, 5), (5, 5), (64, 64), (6_144, 5_120)] as [(Int64, Int64)])
  func baseIsWhatS3Allows(asked: Int64, given: Int64) {
    #expect(PartLadder(baseSize: asked << 20).baseSize == given << 20)
  }
}
