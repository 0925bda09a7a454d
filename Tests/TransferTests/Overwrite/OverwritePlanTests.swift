// SPDX-License-Identifier: Apache-2.0

import Testing
import Transfer

private let kibibyte: Int64 = 1 << 10
private let mebibyte: Int64 = 1 << 20
private let gibibyte: Int64 = 1 << 30

@Suite("Overwrite plan") struct OverwritePlanTests {
  typealias Part = OverwritePlan.Part

  private func plan(
    _ baseSize: Int64, _ newSize: Int64, _ dirty: [Range<Int64>], partSize: Int64 = 8 * mebibyte,
    largestCopy: Int64 = 512 * mebibyte
  ) throws -> OverwritePlan {
    try #require(
      OverwritePlan(
        baseSize: baseSize, newSize: newSize, dirty: ByteRanges(dirty), partSize: partSize, largestCopy: largestCopy))
  }

  @Test func appendingToALargeObject() throws {
    let plan = try plan(2 * gibibyte, 2 * gibibyte + kibibyte, [])
    #expect(plan.bytesToSend == kibibyte && plan.bytesToFetch == 0)
    #expect(plan.parts.count == 5 && plan.parts.dropLast().allSatisfy { $0.isCopy })
    #expect(plan.parts.last == .upload((2 * gibibyte)..<(2 * gibibyte + kibibyte)))
    let few = try self.plan(2 * gibibyte, 2 * gibibyte + kibibyte, [], largestCopy: 5 * gibibyte)
    #expect(few.parts.count == 2)
  }

  @Test(arguments: [0, 1, 5 * mebibyte - 1, 5 * mebibyte, gibibyte + 7, 2 * gibibyte - kibibyte] as [Int64])
  func changingALargeObject(at offset: Int64) throws {
    let plan = try plan(2 * gibibyte, 2 * gibibyte, [offset..<(offset + kibibyte)])
    #expect(plan.bytesToSend <= 5 * mebibyte + kibibyte)
    #expect(plan.bytesToFetch == plan.bytesToSend - kibibyte)
    Legality().check(plan, dirty: [offset..<(offset + kibibyte)], baseSize: 2 * gibibyte)
  }

  /// In MiB: base, new, dirty; then what is sent and what is copied.
  @Test(
    arguments: [
      // Small objects and those of which all changed are sent as a whole.
      (0, 0, [], [.upload(0..<0)]), (0, 3, [], [.upload(0..<3)]), (3, 3, [1..<2], [.upload(0..<3)]),
      (5, 5, [], [.upload(0..<5)]), (5, 13, [], [.upload(0..<8), .upload(8..<13)]), (100, 4, [], [.upload(0..<4)]),
      (100, 0, [], [.upload(0..<0)]), (16, 16, [0..<16], [.upload(0..<8), .upload(8..<16)]),
      (7, 7, [0..<7], [.upload(0..<7)]),
      (20, 20, [0..<9, 9..<20], [.upload(0..<8), .upload(8..<16), .upload(16..<20)]),
      // Nothing changed but the size.
      (100, 100, [], [.copy(0..<100)]), (100, 60, [], [.copy(0..<60)]), (100, 60, [60..<70], [.copy(0..<60)]),
      (1_000, 600, [], [.copy(0..<300), .copy(300..<600)]),
      // Behind the end of the base all is new.
      (100, 101, [], [.copy(0..<100), .upload(100..<101)]),
      (100, 101, [100..<101], [.copy(0..<100), .upload(100..<101)]),
      (100, 110, [98..<99], [.copy(0..<98), .upload(98..<104), .upload(104..<110)]),
      // A change near the start takes the start along, one at the end may be short.
      (100, 100, [0..<1], [.upload(0..<5), .copy(5..<100)]), (100, 100, [4..<5], [.upload(0..<5), .copy(5..<100)]),
      (100, 100, [4..<6], [.upload(0..<6), .copy(6..<100)]),
      (100, 100, [99..<100], [.copy(0..<99), .upload(99..<100)]),
      (100, 100, [96..<97], [.copy(0..<96), .upload(96..<100)]),
      (100, 100, [50..<60], [.copy(0..<50), .upload(50..<55), .upload(55..<60), .copy(60..<100)]),
      // One that is too short grows to the left.
      (100, 100, [50..<51], [.copy(0..<46), .upload(46..<51), .copy(51..<100)]),
      (100, 100, [6..<7], [.copy(0..<5), .upload(5..<10), .copy(10..<100)]),
      // Two that are near each other are one, or grow away from each other.
      (100, 100, [50..<51, 54..<55], [.copy(0..<50), .upload(50..<55), .copy(55..<100)]),
      (100, 100, [50..<51, 58..<59], [.copy(0..<50), .upload(50..<59), .copy(59..<100)]),
      (
        100, 100, [50..<51, 61..<62],
        [.copy(0..<46), .upload(46..<51), .copy(51..<57), .upload(57..<62), .copy(62..<100)]
      ),
      // The tail that is left may be of any size.
      (100, 100, [90..<99], [.copy(0..<90), .upload(90..<99), .copy(99..<100)]),
    ] as [(Int64, Int64, [Range<Int64>], [Part])])
  func edges(base: Int64, new: Int64, dirty: [Range<Int64>], expected: [Part]) throws {
    func scaled(_ range: Range<Int64>) -> Range<Int64> { (range.lowerBound * mebibyte)..<(range.upperBound * mebibyte) }
    let plan = try plan(base * mebibyte, new * mebibyte, dirty.map(scaled))
    // The pieces that a stretch is cut into are checked below.
    #expect(
      joined(plan.parts) == joined(expected.map { $0.isCopy ? .copy(scaled($0.range)) : .upload(scaled($0.range)) }))
    Legality().check(plan, dirty: dirty.map(scaled), baseSize: base * mebibyte)
  }

  /// Neighbours of one kind as one.
  private func joined(_ parts: [Part]) -> [Part] {
    var result: [Part] = []
    for part in parts {
      guard let last = result.last, last.isCopy == part.isCopy else {
        result.append(part)
        continue
      }
      let range = last.range.lowerBound..<part.range.upperBound
      result[result.count - 1] = part.isCopy ? .copy(range) : .upload(range)
    }
    return result
  }

  @Test func fetchesTheCleanBytesThatAreSent() throws {
    let plan = try plan(
      100 * mebibyte, 100 * mebibyte, [(50 * mebibyte)..<(51 * mebibyte), (53 * mebibyte)..<(54 * mebibyte)])
    #expect(joined(plan.parts).filter { !$0.isCopy } == [.upload((49 * mebibyte)..<(54 * mebibyte))])
    #expect(
      plan.cleanRangesToFetch == [
        (49 * mebibyte)..<(50 * mebibyte), (51 * mebibyte)..<(53 * mebibyte),
      ])
  }

  @Test func cutsIntoFewLegalParts() throws {
    // 5 MiB parts: 7 MiB are one part in the middle, and two at the end.
    let middle = try plan(100 * mebibyte, 100 * mebibyte, [(50 * mebibyte)..<(57 * mebibyte)], partSize: 0)
    #expect(middle.parts.filter { !$0.isCopy }.map(\.range.count) == [7 << 20])
    let end = try plan(100 * mebibyte, 100 * mebibyte, [(93 * mebibyte)..<(100 * mebibyte)], partSize: 0)
    #expect(end.parts.filter { !$0.isCopy }.map(\.range.count) == [5 << 20, 2 << 20])
    // Copies are as equal as can be.
    let copies = try plan(5 * gibibyte + 1, 5 * gibibyte + 1, [], largestCopy: .max)
    #expect(copies.parts == [.copy(0..<2_684_354_561), .copy(2_684_354_561..<5_368_709_121)])
  }

  @Test func staysBelowTenThousandParts() throws {
    // 1 TiB that changed all over.
    let all = try plan(1 << 40, 1 << 40, [0..<(1 << 40)])
    #expect(all.parts.count <= 10_000 && all.bytesToFetch == 0 && !all.hasCopies)
    // A change in every 40 MiB of 1 TiB would be 52,000 parts.
    let scattered = stride(from: 0, to: Int64(1 << 40), by: 40 << 20).map { $0..<($0 + 1) }
    let some = try plan(1 << 40, 1 << 40, scattered)
    #expect(some.parts.count <= 10_000)
    Legality().check(some, dirty: scattered, baseSize: 1 << 40)
    // The largest object, and more.
    let largest = UploadPlan.largestObject
    let touched = try plan(largest, largest, [(1 << 40)..<(1 << 40 + 1)])
    #expect(touched.bytesToSend < 6 * gibibyte)
    Legality().check(touched, dirty: [(1 << 40)..<(1 << 40 + 1)], baseSize: largest)
    #expect(OverwritePlan(baseSize: 0, newSize: largest + 1, dirty: [], partSize: 0) == nil)
  }
}
