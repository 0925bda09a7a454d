// SPDX-License-Identifier: Apache-2.0

/// The key of a member, or the index of an element.
struct JSONKey: CodingKey {
  let stringValue: String
  let intValue: Int?

  init(_ name: String) {
    stringValue = name
    intValue = nil
  }

  init(_ index: Int) {
    stringValue = String(index)
    intValue = index
  }

  init?(stringValue: String) { self.init(stringValue) }
  init?(intValue: Int) { self.init(intValue) }
}

/// A place in a JSON document, as text for people: `storage.buckets[1].paths["images/*"].guest[0]`.
enum JSONPath {
  /// A key that is no word is cut here, so that a message stays a line that can be read.
  static let longestKey = 120

  static func text(_ path: [any CodingKey]) -> String {
    var text = ""
    for key in path {
      if let index = key.intValue {
        text += "[\(index)]"
      } else if isWord(key.stringValue) {
        text += text.isEmpty ? key.stringValue : ".\(key.stringValue)"
      } else {
        text += "[\(quoted(key.stringValue))]"
      }
    }
    return text
  }

  /// A string of the file in quotation marks, on one line.
  static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars.prefix(longestKey) {
      switch scalar {
      case "\"", "\\": text += "\\\(scalar)"
      default: text += scalar.properties.generalCategory == .control ? "?" : String(scalar)
      }
    }
    return text + (string.unicodeScalars.count > longestKey ? "…\"" : "\"")
  }

  private static func isWord(_ key: String) -> Bool {
    (1...longestKey).contains(key.utf8.count) && !(48...57).contains(key.utf8.first ?? 48)
      && key.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == 95 }
  }
}
