// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Transfer

/// Plans for random changes, with numbers small enough to build the object and to try all other ways.
@Suite("Overwrite plans for random changes") struct OverwritePropertyTests {
  private struct Change {
    var baseSize: Int64
    var newSize: Int64
    var dirty: [Range<Int64>]
    var partSize: Int64
    var largestCopy: Int64
    var limits: OverwritePlan.Limits
  }

  private static func change(
    _ random: inout some RandomNumberGenerator, largest: Int64, partCount: Int
  ) -> Change {
    let minimum = Int64.random(in: 1...6, using: &random)
    var limits = OverwritePlan.Limits()
    limits.minimumPart = minimum
    limits.smallestSource = Int64.random(in: 0...minimum, using: &random)
    limits.partCount = partCount
    limits.maximumPart = max(3 * minimum, (largest + Int64(partCount) - 1) / Int64(partCount))
    let (baseSize, newSize) = (
      Int64.random(in: 0...largest, using: &random), Int64.random(in: 0...largest, using: &random)
    )
    var dirty: [Range<Int64>] = []
    var position = Int64.random(in: 0...largest, using: &random)
    let (longest, widest) = (Int64.random(in: 1...8, using: &random), Int64.random(in: 1...20, using: &random))
    while position < largest {
      let end = min(largest, position + Int64.random(in: 1...longest, using: &random))
      dirty.append(position..<end)
      position = end + Int64.random(in: 0...widest, using: &random)
    }
    return Change(
      baseSize: baseSize, newSize: newSize, dirty: dirty,
      partSize: Int64.random(in: 1...12, using: &random),
      largestCopy: Int64.random(in: 1...40, using: &random), limits: limits)
  }

  private static func plan(_ change: Change) -> OverwritePlan? {
    OverwritePlan(
      baseSize: change.baseSize, newSize: change.newSize, dirty: ByteRanges(change.dirty), partSize: change.partSize,
      largestCopy: change.largestCopy, limits: change.limits)
  }

  @Test(arguments: [10_000, 40, 7])
  func makeTheRightObject(partCount: Int) throws {
    var random = SplitMix(state: UInt64(partCount))
    for round in 0..<20_000 {
      let change = Self.change(&random, largest: 200, partCount: partCount)
      let plan = try #require(Self.plan(change))
      var problems = Legality(limits: change.limits).problems(plan, dirty: change.dirty, baseSize: change.baseSize)
      // What a byte is, and where it is from.
      let base = (0..<Int(change.baseSize)).map { 1_000 + $0 }
      var local = Array(repeating: -1, count: Int(change.newSize))
      var expected = local
      for index in 0..<Int(change.newSize) {
        let isDirty = index >= base.count || change.dirty.contains { $0.contains(Int64(index)) }
        expected[index] = isDirty ? 2_000 + index : base[index]
        if isDirty { local[index] = 2_000 + index }
      }
      for range in plan.cleanRangesToFetch {
        for index in range where index < change.baseSize { local[Int(index)] = base[Int(index)] }
      }
      let made = plan.parts.flatMap { part in
        let source = part.isCopy ? base[...] : local[...]
        return source[min(Int(part.range.lowerBound), source.count)..<min(Int(part.range.upperBound), source.count)]
      }
      if made != expected { problems.append("the object is wrong") }
      #expect(problems == [], "round \(round): \(change)")
      if problems != [] { break }
    }
  }

  /// No other way sends less.
  @Test func sendAsLittleAsCanBe() throws {
    var random = SplitMix(state: 5)
    for round in 0..<1_500 {
      var change = Self.change(&random, largest: 15, partCount: 10_000)
      change.limits.minimumPart = min(change.limits.minimumPart, 4)
      change.limits.smallestSource = min(change.limits.smallestSource, change.limits.minimumPart)
      let plan = try #require(Self.plan(change))
      let least = Self.leastToSend(change)
      #expect(plan.bytesToSend == least, "round \(round): \(change)")
      if plan.bytesToSend != least { break }
    }
  }

  /// Tries every choice of bytes to send.
  private static func leastToSend(_ change: Change) -> Int64 {
    let size = Int(change.newSize)
    guard change.baseSize > change.limits.smallestSource, change.newSize > change.limits.minimumPart else {
      return change.newSize
    }
    let dirty = (0..<size).reduce(UInt32(0)) { mask, index in
      let isDirty = Int64(index) >= change.baseSize || change.dirty.contains { $0.contains(Int64(index)) }
      return isDirty ? mask | 1 << UInt32(index) : mask
    }
    var least = size
    for sent in 0..<(UInt32(1) << UInt32(size)) where sent & dirty == dirty && sent.nonzeroBitCount < least {
      if isLegal(sent, size, Int(change.limits.minimumPart)) { least = sent.nonzeroBitCount }
    }
    return Int64(least)
  }

  /// Whether every run of equal bits but the last has `minimum` of them.
  private static func isLegal(_ sent: UInt32, _ size: Int, _ minimum: Int) -> Bool {
    var run = 0
    for index in 0..<size {
      let changes = index > 0 && (sent >> UInt32(index)) & 1 != (sent >> UInt32(index - 1)) & 1
      if changes, run < minimum { return false }
      run = changes ? 1 : run + 1
    }
    return true
  }

  /// Sizes as they are in life: up to 3 TiB, thousands of changes.
  @Test func areLegalAtFullSize() throws {
    var random = SplitMix(state: 11)
    for round in 0..<60 {
      let scale = Int64(1) << Int64.random(in: 20...40, using: &random)
      let (baseSize, newSize) = (
        Int64.random(in: 0...(3 * scale), using: &random), Int64.random(in: 0...(3 * scale), using: &random)
      )
      var dirty: [Range<Int64>] = []
      var position = Int64.random(in: 0...scale, using: &random)
      let widest = max(2, scale / Int64.random(in: 1...4_000, using: &random))
      while position < newSize, dirty.count < 20_000 {
        let end = position + Int64.random(in: 1...(1 << 22), using: &random)
        dirty.append(position..<end)
        position = end + Int64.random(in: 1...widest, using: &random)
      }
      let plan = try #require(
        OverwritePlan(baseSize: baseSize, newSize: newSize, dirty: ByteRanges(dirty), partSize: 8 << 20))
      let problems = Legality().problems(plan, dirty: dirty, baseSize: baseSize)
      #expect(problems == [], "round \(round): \(baseSize) to \(newSize), \(dirty.count) changes")
    }
  }
}
