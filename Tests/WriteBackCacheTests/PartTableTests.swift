// SPDX-License-Identifier: Apache-2.0

import S3Client
import Testing
import Transfer
import WriteBackCache

@Suite("Part table") struct PartTableTests {
  private static let partSize: Int64 = 8 << 20
  private var table = PartTable(ladder: PartLadder(baseSize: PartTableTests.partSize))

  private func part(_ number: Int) -> SentPart {
    SentPart(number: number, length: 1, etag: ETag("e\(number)"), crc32: 0)
  }

  @Test mutating func sendsEachPartOnceInOrder() {
    var order: [Int] = []
    while let next = table.nextUnsent(through: 3) {
      table.started(next)
      order.append(next)
      let outcome1 = table.finished(next, part(next))
      #expect(outcome1)
    }
    #expect(order == [1, 2, 3])
    #expect(table.completed(through: 3)?.map(\.number) == [1, 2, 3])
    #expect(table.completed(through: 4) == nil)
  }

  /// SEMANTICS: parts-while-written
  @Test mutating func aRewrittenPartIsSentAgainAloneOnce() {
    for number in 1...3 {
      table.started(number)
      _ = table.finished(number, part(number))
    }
    table.wrote(Self.partSize..<(Self.partSize + 1))
    let outcome2 = table.nextUnsent(through: 3)
    #expect(outcome2 == 2)
    table.started(2)
    let outcome3 = table.finished(2, part(2))
    #expect(outcome3)
    let outcome4 = table.nextUnsent(through: 3)
    #expect(outcome4 == nil)
  }

  @Test mutating func aWriteDuringTheRequestMakesItsAnswerWorthless() {
    table.started(1)
    table.wrote(0..<1)
    let outcome5 = table.nextUnsent(through: 1)
    #expect(outcome5 == nil)
    let outcome6 = table.finished(1, part(1))
    #expect(!outcome6)
    #expect(table.completed(through: 1) == nil)
    let outcome7 = table.nextUnsent(through: 1)
    #expect(outcome7 == 1)
  }

  @Test mutating func theFailureOfAStaleRequestDoesNotMatter() {
    table.started(1)
    table.wrote(0..<1)
    let outcome8 = table.failed(1)
    #expect(!outcome8)
    table.started(1)
    let outcome9 = table.failed(1)
    #expect(outcome9)
    let outcome10 = table.nextUnsent(through: 1)
    #expect(outcome10 == 1)
  }

  @Test mutating func aWriteOverABoundaryTouchesBothParts() {
    for number in 1...3 {
      table.started(number)
      _ = table.finished(number, part(number))
    }
    table.wrote((Self.partSize - 1)..<(Self.partSize + 1))
    #expect(!table.hasSent(0..<1))
    #expect(!table.hasSent(Self.partSize..<(2 * Self.partSize)))
    #expect(table.hasSent((2 * Self.partSize)..<(3 * Self.partSize)))
  }

  @Test mutating func truncationTouchesTheLastPartAndAllBehindIt() {
    for number in 1...3 {
      table.started(number)
      _ = table.finished(number, part(number))
    }
    table.truncated(to: Self.partSize + 5)
    #expect(table.hasSent(0..<Self.partSize))
    let outcome11 = table.nextUnsent(through: 2)
    #expect(outcome11 == 2)
    #expect(table.completed(through: 3) == nil)
  }

  @Test mutating func countsTheRequestsUnderWay() {
    table.started(1)
    table.started(2)
    #expect(table.sendingCount == 2)
    _ = table.finished(1, part(1))
    _ = table.failed(2)
    #expect(table.sendingCount == 0)
  }

  @Test mutating func countsTheBytesSentOfAFileThatEndsInsideAPart() {
    for number in 1...2 {
      table.started(number)
      _ = table.finished(number, part(number))
    }
    #expect(table.sentBytes(ofSize: Self.partSize + 7) == Self.partSize + 7)
  }
}
