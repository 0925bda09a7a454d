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
  var operations: [ModelOperation]

  init(mode: SequenceMode, operations: [ModelOperation]) {
    self.mode = mode
    self.operations = operations
  }

  var description: String {
    ([mode.rawValue] + operations.map(\.description)).joined(separator: "; ")
  }

  /// Reads what ``description`` writes; lines do as well as `;`, and `#` begins a comment. Nil for anything else.
  init?(_ text: String) {
    let lines = text.split(separator: "\n").map { $0.prefix { $0 != "#" } }
    let steps = lines.flatMap { $0.split(separator: ";") }.map { $0.filter { !$0.isNewline } }
      .map { String($0.drop(while: \.isWhitespace)) }.filter { !$0.allSatisfy(\.isWhitespace) }
    guard let first = steps.first?.split(whereSeparator: \.isWhitespace).first,
      let mode = SequenceMode(rawValue: String(first))
    else { return nil }
    var operations: [ModelOperation] = []
    for step in steps.dropFirst() {
      guard let operation = ModelOperation(step) else { return nil }
      operations.append(operation)
    }
    self.init(mode: mode, operations: operations)
  }
}
