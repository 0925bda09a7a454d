// SPDX-License-Identifier: Apache-2.0

import Testing
import Transfer

/// What every plan must keep to.
struct Legality {
  var limits = OverwritePlan.Limits()

  func check(
    _ plan: OverwritePlan, dirty: [Range<Int64>], baseSize: Int64, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let problems = problems(plan, dirty: dirty, baseSize: baseSize)
    #expect(problems == [], sourceLocation: sourceLocation)
  }

  /// One line for each rule that is broken.
  func problems(_ plan: OverwritePlan, dirty: [Range<Int64>], baseSize: Int64) -> [String] {
    var problems: [String] = []
    var end: Int64 = 0
    for (index, part) in plan.parts.enumerated() {
      let (range, length) = (part.range, Int64(part.range.count))
      if range.lowerBound != end { problems.append("part \(index + 1) begins at \(range.lowerBound), not \(end)") }
      end = range.upperBound
      let isLast = index == plan.parts.count - 1
      if !isLast, length < limits.minimumPart { problems.append("part \(index + 1) has \(length) bytes") }
      if length > limits.maximumPart { problems.append("part \(index + 1) has \(length) bytes") }
      if length == 0, plan.newSize > 0 { problems.append("part \(index + 1) is empty") }
      if part.isCopy, range.upperBound > baseSize { problems.append("part \(index + 1) copies beyond the base") }
      if part.isCopy, baseSize <= limits.smallestSource {
        problems.append("part \(index + 1) copies of a small object")
      }
    }
    if end != plan.newSize { problems.append("the parts end at \(end)") }
    if plan.parts.isEmpty || plan.parts.count > limits.partCount { problems.append("\(plan.parts.count) parts") }
    // Both lists are sorted: go along.
    let copies = plan.parts.filter(\.isCopy).map(\.range)
    if overlap(copies, dirty) { problems.append("dirty bytes are copied") }
    let clean = plan.cleanRangesToFetch
    for range in clean where range.isEmpty || range.upperBound > min(baseSize, plan.newSize) {
      problems.append("fetches \(range)")
    }
    for (one, next) in zip(clean, clean.dropFirst()) where one.upperBound >= next.lowerBound {
      problems.append("fetches \(one) and \(next)")
    }
    if overlap(clean, dirty) || overlap(clean, copies) { problems.append("fetches bytes that are not needed") }
    let dirtyBytes =
      count(
        dirty.map { $0.clamped(to: 0..<plan.newSize) }.filter { $0.lowerBound < min(baseSize, plan.newSize) }
          .map { $0.clamped(to: 0..<baseSize) }) + max(0, plan.newSize - baseSize)
    if plan.bytesToSend != plan.bytesToFetch + dirtyBytes { problems.append("sends bytes of nobody") }
    return problems
  }

  private func count(_ ranges: [Range<Int64>]) -> Int64 { ranges.reduce(0) { $0 + Int64($1.count) } }

  private func overlap(_ left: [Range<Int64>], _ right: [Range<Int64>]) -> Bool {
    var (one, other) = (0, 0)
    while one < left.count, other < right.count {
      if left[one].overlaps(right[other]) { return true }
      if left[one].upperBound <= right[other].upperBound { one += 1 } else { other += 1 }
    }
    return false
  }
}
