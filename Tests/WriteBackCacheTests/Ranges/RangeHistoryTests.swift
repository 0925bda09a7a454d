// SPDX-License-Identifier: Apache-2.0

import Testing
import Transfer

@testable import WriteBackCache

@Suite("What a range log says") struct RangeHistoryTests {
  private static let records: [RangeRecord] = [
    .resized(from: 100, to: 100), .wrote(10..<20), .wrote(130..<140), .synced(upTo: 48), .resized(from: 140, to: 135),
    .resized(from: 135, to: 150),
  ]

  @Test func recordsSurviveTheirBytes() {
    for record in Self.records + [.wrote(0..<Int64.max), .resized(from: Int64.max, to: 0), .synced(upTo: 1 << 40)] {
      let bytes = record.encoded
      #expect(bytes.count == RangeRecord.length && RangeRecord(decoding: bytes[...]) == record)
      #expect(RangeRecord(decoding: bytes.dropLast()) == nil)
      for index in bytes.indices {
        var damaged = bytes
        damaged[index] ^= 0x40
        #expect(RangeRecord(decoding: damaged[...]) == nil)
      }
    }
    #expect(RangeRecord(decoding: [UInt8](repeating: 0, count: RangeRecord.length)[...]) == nil)
  }

  /// After a kill all counts; after a power loss what came behind the last sync does not.
  @Test(
    arguments: [
      (1, [], 100, [], nil), (2, [10..<20], 100, [], nil), (3, [10..<20, 100..<140], 140, [], nil),
      (4, [10..<20, 100..<140], 140, [10..<20], 100), (5, [10..<20, 100..<135], 135, [10..<20], 100),
      (6, [10..<20, 100..<150], 150, [10..<20], 100),
    ] as [(Int, ByteRanges, Int64, ByteRanges, Int64?)])
  func replays(count: Int, killed: ByteRanges, size: Int64, unplugged: ByteRanges, sizeThen: Int64?) {
    let log = Self.records.prefix(count).flatMap(\.encoded)
    let afterKill = RangeHistory(of: log, isSameBoot: true)
    #expect(afterKill.dirty == killed && afterKill.size == size && afterKill.validLength == log.count)
    let afterLoss = RangeHistory(of: log, isSameBoot: false)
    #expect(afterLoss.dirty == unplugged && afterLoss.size == sizeThen)
    // Torn anywhere in its last record, that one never was.
    let torn = RangeHistory(of: log.dropLast(5), isSameBoot: true)
    #expect(torn == RangeHistory(of: Self.records.prefix(count - 1).flatMap(\.encoded), isSameBoot: true))
  }

  @Test func anEmptyLogSaysNothing() {
    #expect(RangeHistory(of: [], isSameBoot: true) == RangeHistory())
    #expect(RangeHistory(of: [1, 2, 3], isSameBoot: true).size == nil)
  }
}
