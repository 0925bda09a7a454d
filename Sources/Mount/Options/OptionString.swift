// SPDX-License-Identifier: Apache-2.0

/// One option as it was written: `name` or `name=value`.
package struct OptionSetting: Equatable, Sendable {
  package let name: String
  package let value: String?

  package init(_ name: String, _ value: String? = nil) {
    self.name = name
    self.value = value
  }
}

/// The `-o` syntax of mount(8): settings separated by commas.
package enum OptionString {
  /// Splits `a,b=c`. `\,` is a comma inside of a value and `\\` a backslash; empty pieces are skipped.
  package static func settings(in text: String) -> [OptionSetting] {
    pieces(of: text).filter { !$0.isEmpty }.map { piece in
      guard let equals = piece.firstIndex(of: "=") else { return OptionSetting(piece) }
      return OptionSetting(String(piece[..<equals]), String(piece[piece.index(after: equals)...]))
    }
  }

  /// The inverse for one setting.
  package static func text(of setting: OptionSetting) -> String {
    let text = setting.value.map { "\(setting.name)=\($0)" } ?? setting.name
    return text.reduce(into: "") { result, character in
      if character == "," || character == "\\" { result.append("\\") }
      result.append(character)
    }
  }

  private static func pieces(of text: String) -> [String] {
    var pieces = [""]
    var isEscaped = false
    for character in text {
      if isEscaped {
        if character != ",", character != "\\" { pieces[pieces.count - 1].append("\\") }
        pieces[pieces.count - 1].append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "," {
        pieces.append("")
      } else {
        pieces[pieces.count - 1].append(character)
      }
    }
    if isEscaped { pieces[pieces.count - 1].append("\\") }
    return pieces
  }
}
