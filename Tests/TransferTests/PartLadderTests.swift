// SPDX-License-Identifier: Apache-2.0

import Testing
import Transfer

@Suite("Part ladder") struct PartLadderTests {
  private let ladder = PartLadder(baseSize: 8 << 20)

  @Test(arguments: [
    (1, 0, 8 << 20), (2, 8 << 20, 16 << 20), (1_000, 999 * 8 << 20, 1_000 * 8 << 20),
    // The first part of the second step has twice the size.
    (1_001, 8_000 << 20, 8_016 << 20), (1_250, 8_000 << 20 + 249 * 16 << 20, 8_000 << 20 + 250 * 16 << 20),
  ])
  func rangesOfParts(number: Int, start: Int64, end: Int64) {
    #expect(ladder.range(ofPart: number) == start..<end)
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

  @Test(arguments: [(0, 1), (1, 1), (8 << 20, 1), (8 << 20 + 1, 2), (1 << 30, 128)])
  func counts(size: Int64, count: Int) { #expect(ladder.count(forSize: size) == count) }

  @Test(arguments: [(1, 5 << 20), (5 << 20, 5 << 20), (64 << 20, 64 << 20), (6 << 30, 5 << 30)])
  func baseIsWhatS3Allows(asked: Int64, given: Int64) { #expect(PartLadder(baseSize: asked).baseSize == given) }
}
