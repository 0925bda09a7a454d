// SPDX-License-Identifier: Apache-2.0
//
// Which parts of a multipart upload hold what the file holds now. Pure: events in, "send this one next" out.
//
// For: sending the finished parts of a file while it is still being written, and sending again only those that were
// rewritten. State: one entry for each part that was started; a part without an entry has not been sent. Not thread-safe:
// a value inside of the file's lock. A part rewritten while it is under way turns stale; whatever comes of that request is
// dropped.

package import Transfer

package struct PartTable: Sendable {
  private enum Part {
    case sending(isStale: Bool)
    case sent(SentPart)
  }

  package let ladder: PartLadder
  private var parts: [Int: Part] = [:]
  /// No part below this number waits to be sent.
  private var lowestUnsent = 1
  /// Requests under way, stale ones included.
  package private(set) var sendingCount = 0

  package init(ladder: PartLadder) { self.ladder = ladder }

  /// The bytes of `range` changed (or are about to).
  package mutating func wrote(_ range: Range<Int64>) {
    guard !range.isEmpty, !parts.isEmpty else { return }
    invalidate(ladder.part(at: range.lowerBound)...ladder.part(at: range.upperBound - 1))
  }

  /// The file ends at `size` now.
  package mutating func truncated(to size: Int64) {
    guard let last = parts.keys.max() else { return }
    let first = ladder.part(at: size)
    if first <= last { invalidate(first...last) }
  }

  private mutating func invalidate(_ numbers: ClosedRange<Int>) {
    for number in numbers {
      switch parts[number] {
      case nil: continue
      case .sending: parts[number] = .sending(isStale: true)
      case .sent: parts[number] = nil
      }
      lowestUnsent = min(lowestUnsent, number)
    }
  }

  /// The lowest part up to `last` that is neither sent nor under way.
  package mutating func nextUnsent(through last: Int) -> Int? {
    var number = lowestUnsent
    while number <= last, parts[number] != nil { number += 1 }
    // Stale parts under way hold the hint back: they will need another turn.
    if !hasStale { lowestUnsent = number }
    return number <= last ? number : nil
  }

  private var hasStale: Bool {
    sendingCount > 0
      && parts.values.contains {
        if case .sending(isStale: true) = $0 { true } else { false }
      }
  }

  package mutating func started(_ number: Int) {
    parts[number] = .sending(isStale: false)
    sendingCount += 1
  }

  /// A request ended well. Returns false when the part changed meanwhile and has to be sent again.
  package mutating func finished(_ number: Int, _ part: SentPart) -> Bool {
    sendingCount -= 1
    guard case .sending(isStale: false) = parts[number] else {
      parts[number] = nil
      return false
    }
    parts[number] = .sent(part)
    return true
  }

  /// A request failed. Returns false when the part changed meanwhile, so that the failure does not matter.
  package mutating func failed(_ number: Int) -> Bool {
    sendingCount -= 1
    let wasStale = if case .sending(isStale: true) = parts[number] { true } else { false }
    parts[number] = nil
    lowestUnsent = min(lowestUnsent, number)
    return !wasStale
  }

  /// Whether the store has every byte of `range` as it is.
  package func hasSent(_ range: Range<Int64>) -> Bool {
    guard !range.isEmpty else { return true }
    return (ladder.part(at: range.lowerBound)...ladder.part(at: range.upperBound - 1)).allSatisfy {
      if case .sent = parts[$0] { true } else { false }
    }
  }

  /// Parts 1 to `last` in order, or nil while one of them is missing.
  package func completed(through last: Int) -> [SentPart]? {
    var result: [SentPart] = []
    result.reserveCapacity(last)
    for number in 1...last {
      guard case .sent(let part) = parts[number] else { return nil }
      result.append(part)
    }
    return result
  }

  /// Bytes sent, of a file of `size` bytes.
  package func sentBytes(ofSize size: Int64) -> Int64 {
    parts.reduce(0) { sum, entry in
      guard case .sent = entry.value else { return sum }
      let range = ladder.range(ofPart: entry.key)
      return sum + max(0, min(range.upperBound, size) - range.lowerBound)
    }
  }
}
