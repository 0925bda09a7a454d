// SPDX-License-Identifier: Apache-2.0
//
// Reads the text of `~/.aws/config` or `~/.aws/credentials` (AWS SDKs and Tools Reference Guide, "Shared config and
// credentials files"). Pure. A line that makes no sense is noted and passed over: a typo in one profile must not take
// another profile's credentials away.

/// Sections of one file, each with its settings by lowercase name.
struct SharedConfigurationParser {
  enum FileKind {
    /// Profiles are `[default]` and `[profile NAME]`; other kinds of sections exist.
    case configuration
    /// Profiles are `[NAME]`.
    case credentials
  }

  private(set) var profiles: [String: SharedSection] = [:]
  private(set) var services: [String: SharedSection] = [:]
  /// Numbers of the lines that make no sense, from 1.
  private(set) var oddLines: [Int] = []

  private enum Place {
    case profile(String)
    case services(String)
    case ignored
  }
  private let kind: FileKind
  private var place: Place?
  private var lastName: String?

  init(_ text: String, kind: FileKind) {
    self.kind = kind
    var number = 0
    // By scalars: "\r\n" is a single Character.
    for line in text.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false) {
      number += 1
      if !read(String(line.last == "\r" ? line.dropLast() : line)) { oddLines.append(number) }
    }
  }

  private mutating func read(_ line: String) -> Bool {
    let text = line.trimmingBlanks()
    if text.isEmpty || text.hasPrefix("#") || text.hasPrefix(";") { return true }
    if line.first == " " || line.first == "\t" { return readContinuation(text) }
    lastName = nil
    if text.hasPrefix("[") { return readHeader(text) }
    guard let place, let (name, value) = SharedConfigurationParser.setting(text) else { return false }
    lastName = name
    update(place) { $0.values[name] = value }
    return true
  }

  /// An indented line belongs to the setting above it: to its nested settings when it has no value of its own.
  private mutating func readContinuation(_ text: String) -> Bool {
    guard let place, let parent = lastName else { return false }
    if section(place)?.values[parent]?.isEmpty == false {
      update(place) { $0.values[parent]? += "\n" + text }
      return true
    }
    guard let (name, value) = SharedConfigurationParser.setting(text) else { return false }
    update(place) { $0.nested[parent, default: [:]][name] = value }
    return true
  }

  private mutating func readHeader(_ text: String) -> Bool {
    place = .ignored
    guard let end = text.firstIndex(of: "]") else { return false }
    let words = SharedConfigurationParser.words(text[text.index(after: text.startIndex)..<end])
    switch (kind, words.count, words.first) {
    case (.credentials, 1, .some(let name)): place = .profile(name)
    case (.configuration, 1, .some("default")): place = .profile("default")
    case (.configuration, 2, .some("profile")): place = .profile(words[1])
    case (.configuration, 2, .some("services")): place = .services(words[1])
    case (.configuration, _, .some): place = .ignored
    default: return false
    }
    // An empty section is a profile too.
    if let place { update(place) { _ in } }
    return true
  }

  private func section(_ place: Place) -> SharedSection? {
    switch place {
    case .profile(let name): profiles[name]
    case .services(let name): services[name]
    case .ignored: nil
    }
  }

  private mutating func update(_ place: Place, _ change: (inout SharedSection) -> Void) {
    switch place {
    case .profile(let name): change(&profiles[name, default: SharedSection()])
    case .services(let name): change(&services[name, default: SharedSection()])
    case .ignored: break
    }
  }

  /// `name = value`, without the comment that may follow the value behind white space.
  private static func setting(_ text: String) -> (String, String)? {
    guard let equals = text.firstIndex(of: "=") else { return nil }
    let name = String(text[..<equals]).trimmingBlanks().lowercased()
    guard !name.isEmpty else { return nil }
    var value = text[text.index(after: equals)...]
    var isAfterBlank = false
    for index in value.indices {
      if isAfterBlank && (value[index] == "#" || value[index] == ";") {
        value = value[..<index]
        break
      }
      isAfterBlank = value[index] == " " || value[index] == "\t"
    }
    return (name, String(value).trimmingBlanks())
  }

  /// The words of a section header: the kind and a name that may be in quotes, with spaces in it.
  private static func words(_ text: Substring) -> [String] {
    let trimmed = String(text).trimmingBlanks()
    guard let space = trimmed.firstIndex(where: { $0 == " " || $0 == "\t" }) else {
      return trimmed.isEmpty ? [] : [trimmed]
    }
    var name = String(trimmed[space...]).trimmingBlanks()
    for quote in ["\"", "'"] where name.count >= 2 && name.hasPrefix(quote) && name.hasSuffix(quote) {
      name = String(name.dropFirst().dropLast())
    }
    return [String(trimmed[..<space]), name]
  }
}

/// The settings below one header.
struct SharedSection: Equatable {
  var values: [String: String] = [:]
  /// Indented settings by the name of the one they stand below: `s3`, then `addressing_style`.
  var nested: [String: [String: String]] = [:]

  /// Adds what another file says of the same section; the other wins.
  mutating func merge(_ other: SharedSection) {
    values.merge(other.values) { $1 }
    for (name, settings) in other.nested { nested[name, default: [:]].merge(settings) { $1 } }
  }
}

extension String {
  /// Without spaces and tabs at the ends.
  func trimmingBlanks() -> String {
    let isBlank: (Unicode.Scalar) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
    let scalars = unicodeScalars.drop(while: isBlank)
    guard let last = scalars.lastIndex(where: { !isBlank($0) }) else { return "" }
    return String(scalars[...last])
  }
}
