// SPDX-License-Identifier: Apache-2.0

/// When a close publishes, in the sequence's mount.
enum SequenceMode: String, CaseIterable, Sendable {
  case close
  /// Later than the sequence ends, unless it says `drain`.
  case delayed
  /// In the background at once, while the sequence goes on: nothing is waited for.
  case racing
}

/// Steps, and the mode of the mount that they are for. Its text is a replay: `close; create 0 a w; close 0`.
struct ModelSequence: Equatable, Sendable, CustomStringConvertible {
  var mode: SequenceMode
  /// Of objects larger than a part only what is needed is brought here: `close partial; …`.
  var isPartial: Bool
  var operations: [ModelOperation]

  init(mode: SequenceMode, isPartial: Bool = false, operations: [ModelOperation]) {
    (self.mode, self.isPartial) = (mode, isPartial)
    self.operations = operations
  }

  var description: String {
    ([mode.rawValue + (isPartial ? " partial" : "")] + operations.map(\.description)).joined(separator: "; ")
  }

  /// Reads what ``description`` writes; lines do as well as `;`, and `#` begins a comment. Nil for anything else.
  init?(_ text: String) {
    let lines = text.split(separator: "\n").map { $0.prefix { $0 != "#" } }
    let steps = lines.flatMap { $0.split(separator: ";") }.map { $0.filter { !$0.isNewline } }
      .map { String($0.drop(while: \.isWhitespace)) }.filter { !$0.allSatisfy(\.isWhitespace) }
    guard let words = steps.first?.split(whereSeparator: \.isWhitespace), let first = words.first,
      let mode = SequenceMode(rawValue: String(first)), words.count == 1 || words.dropFirst() == ["partial"]
    else { return nil }
    var operations: [ModelOperation] = []
    for step in steps.dropFirst() {
      guard let operation = ModelOperation(step) else { return nil }
      operations.append(operation)
    }
    self.init(mode: mode, isPartial: words.count > 1, operations: operations)
  }
}
