// SPDX-License-Identifier: Apache-2.0

/// The text of elements in the answers of STS. They are a few hundred bytes and their names occur once, so this needs no
/// parser: it finds the tags and decodes what is between. Bounded by the size of the answer; pure.
struct ElementText {
  private let document: [UInt8]

  init(_ document: [UInt8]) { self.document = document }

  /// The decoded text of the first element of that name; nil when there is none or it has elements inside.
  subscript(_ name: String) -> String? {
    guard let start = end(of: Array("<\(name)>".utf8), from: 0) else { return nil }
    let text = document[start...].prefix { $0 != UInt8(ascii: "<") }
    guard document[text.endIndex...].starts(with: "</\(name)>".utf8) else { return nil }
    return ElementText.decode(text)
  }

  private func end(of pattern: [UInt8], from start: Int) -> Int? {
    var index = start
    while index + pattern.count <= document.count {
      if document[index...].starts(with: pattern) { return index + pattern.count }
      index += 1
    }
    return nil
  }

  /// Replaces the five named entities and character references; nil when there is anything else behind an ampersand.
  private static func decode(_ bytes: ArraySlice<UInt8>) -> String? {
    var result = String.UnicodeScalarView()
    var rest = String(decoding: bytes, as: UTF8.self).unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "&" else {
        result.append(scalar)
        continue
      }
      guard let end = rest.prefix(12).firstIndex(of: ";"), let decoded = entity(String(rest[..<end])) else {
        return nil
      }
      result.append(decoded)
      rest = rest[rest.index(after: end)...]
    }
    return String(result)
  }

  private static func entity(_ name: String) -> Unicode.Scalar? {
    switch name {
    case "amp": return "&"
    case "lt": return "<"
    case "gt": return ">"
    case "quot": return "\""
    case "apos": return "'"
    default:
      guard name.hasPrefix("#") else { return nil }
      let isHexadecimal = name.hasPrefix("#x")
      let digits = name.dropFirst(isHexadecimal ? 2 : 1)
      guard !digits.hasPrefix("+"), !digits.hasPrefix("-") else { return nil }
      return UInt32(digits, radix: isHexadecimal ? 16 : 10).flatMap(Unicode.Scalar.init)
    }
  }
}
