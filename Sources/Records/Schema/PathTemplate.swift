// SPDX-License-Identifier: Apache-2.0
//
// How the path of an attached file is made: `images/{id}-{name}`. Pure.
//
// The id of the record is part of it, so that no two records come to claim one file (the guide, "Create a record with an associated
// file"). What precedes the first placeholder is the only part of the bucket that is ever looked through for orphans.

/// Makes the paths of attached files.
public struct PathTemplate: Sendable, Hashable {
  enum Piece: Sendable, Hashable {
    case text(String)
    case model, field, id, name
  }

  /// As it was given.
  public let text: String
  let pieces: [Piece]

  /// `images/{id}-{name}`, as in the guide of Amplify.
  public static let standard = PathTemplate(
    text: "images/{id}-{name}", pieces: [.text("images/"), .id, .text("-"), .name])

  private init(text: String, pieces: [Piece]) {
    self.text = text
    self.pieces = pieces
  }

  /// - Parameter text: a path with `{id}` and `{name}`, each once, and `{model}` and `{field}` if wanted.
  /// - Throws: "InvalidSchema".
  public init(_ text: String) throws(RecordError) {
    func refuse(_ reason: String) -> RecordError {
      RecordError(
        .invalidSchema, "\"\(text)\" cannot be the template of a path: \(reason)",
        remedy: "Give one like images/{id}-{name}.")
    }
    var pieces: [Piece] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      if open > rest.startIndex { pieces.append(.text(String(rest[..<open]))) }
      guard let close = rest[open...].firstIndex(of: "}") else { throw refuse("a brace is not closed") }
      switch rest[rest.index(after: open)..<close] {
      case "model": pieces.append(.model)
      case "field": pieces.append(.field)
      case "id": pieces.append(.id)
      case "name": pieces.append(.name)
      case let other: throw refuse("there is no {\(other)}")
      }
      rest = rest[rest.index(after: close)...]
    }
    if !rest.isEmpty { pieces.append(.text(String(rest))) }
    if text.hasPrefix("/") { throw refuse("a path begins with no slash") }
    for wanted in [Piece.id, .name] where pieces.filter({ $0 == wanted }).count != 1 {
      throw refuse("it must have \(wanted == .id ? "{id}" : "{name}") once")
    }
    for (piece, next) in zip(pieces, pieces.dropFirst()) {
      guard case .text = piece else {
        if case .text = next { continue }
        throw refuse("two placeholders need something between them")
      }
    }
    self.init(text: text, pieces: pieces)
  }

  /// What all paths begin with; may be empty.
  public var prefix: String {
    if case .text(let text) = pieces.first { text } else { "" }
  }

  /// - Parameter name: of the file, without a directory.
  public func path(model: String, field: String, id: String, name: String) -> String {
    pieces.map { piece in
      switch piece {
      case .text(let text): text
      case .model: model
      case .field: field
      case .id: id
      case .name: name
      }
    }.joined()
  }

  /// Whether a path is one that this template makes for that record.
  public func makes(_ path: String, model: String, field: String, id: String) -> Bool {
    PathTemplate.matches(path[...], pattern(model, field, .text(id))[...]) != nil
  }

  /// The id that a path of this template has, where only one can be meant: a UUID, as stores make them.
  public func uuid(in path: String, model: String, field: String) -> String? {
    PathTemplate.matches(path[...], pattern(model, field, .uuid)[...])
  }

  private func pattern(_ model: String, _ field: String, _ id: Part) -> [Part] {
    pieces.map { piece in
      switch piece {
      case .text(let text): .text(text)
      case .model: .text(model)
      case .field: .text(field)
      case .id: id
      case .name: .anything
      }
    }
  }

  private enum Part {
    case text(String)
    case uuid
    /// At least one byte, and no slash: a name has none.
    case anything
  }

  /// - Returns: the UUID, or nothing of it, when the path matches; nil otherwise.
  private static func matches(_ path: Substring, _ pattern: ArraySlice<Part>) -> String? {
    guard let part = pattern.first else { return path.isEmpty ? "" : nil }
    let rest = pattern.dropFirst()
    switch part {
    case .text(let text):
      return path.utf8.starts(with: text.utf8)
        ? matches(path[path.utf8.index(path.startIndex, offsetBy: text.utf8.count)...], rest) : nil
    case .uuid:
      guard path.utf8.count >= 36 else { return nil }
      let end = path.utf8.index(path.startIndex, offsetBy: 36)
      guard isUUID(path.utf8[..<end]), matches(path[end...], rest) != nil else { return nil }
      return String(path[..<end])
    case .anything:
      // A template has one name: from the end, so that what follows it is found where a name has the same text.
      var end = path.endIndex
      while end > path.startIndex {
        if !path[..<end].utf8.contains(UInt8(ascii: "/")), let found = matches(path[end...], rest) { return found }
        end = path.utf8.index(before: end)
      }
      return nil
    }
  }

  private static func isUUID(_ text: Substring.UTF8View) -> Bool {
    zip(text, 0...).allSatisfy { byte, index in
      switch index {
      case 8, 13, 18, 23: byte == UInt8(ascii: "-")
      default:
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
          || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
      }
    }
  }
}

extension PathTemplate: CustomStringConvertible {
  public var description: String { text }
}
