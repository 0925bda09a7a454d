// SPDX-License-Identifier: Apache-2.0
//
// The value of an attachment field, and what workflows do to it. Pure.

/// The paths of one field of a record.
struct AttachmentValue: Sendable, Equatable {
  let field: AttachmentField
  /// Elements of a list may be null; they keep their places.
  var elements: [String?]
  /// Whether the record has the field at all: an empty list is another value than none.
  private var isThere: Bool

  init(_ field: AttachmentField, of record: Record) {
    self.field = field
    switch record[field.name] {
    case .list(let values):
      elements = values.map(\.string)
      isThere = true
    case .string(let path):
      elements = [path]
      isThere = true
    default:
      elements = []
      isThere = false
    }
  }

  var paths: [String] { elements.compactMap { $0 } }

  /// For the store.
  var value: RecordValue {
    if !isThere { return .null }
    if field.isList { return .list(elements.map { $0.map { .string($0) } ?? .null }) }
    return paths.first.map { .string($0) } ?? .null
  }

  // MARK: Changes

  /// Puts paths behind those of a list; takes the place of a single one.
  mutating func add(_ paths: [String]) {
    elements = field.isList ? elements + paths : paths
    isThere = !elements.isEmpty || isThere
  }

  /// - Throws: "PathNotAttached".
  mutating func replace(_ path: String, with other: String) throws(RecordError) {
    guard let index = elements.firstIndex(where: { $0?.isSamePath(as: path) == true }) else { throw notAttached(path) }
    elements[index] = other
  }

  /// Every element with that path.
  ///
  /// - Throws: "PathNotAttached".
  mutating func remove(_ path: String) throws(RecordError) {
    guard paths.contains(where: { $0.isSamePath(as: path) }) else { throw notAttached(path) }
    elements.removeAll { $0?.isSamePath(as: path) == true }
    if !field.isList { isThere = false }
  }

  /// Leaves the record without the field.
  mutating func removeAll() {
    elements = []
    isThere = false
  }

  private func notAttached(_ path: String) -> RecordError {
    RecordError(.pathNotAttached, "\(path) is not in \(field.name)")
  }

  // MARK: Conditions

  /// Paths that a condition names: an expression of DynamoDB has 4 KB at most, and `updatedAt` and the size say nearly all.
  private static let longestCondition = 3

  /// True of a record as long as this value stands there. Two changes within a millisecond have the same `updatedAt`.
  func condition(dropping dropped: [String]) -> [RecordFilter] {
    guard isThere else { return [.exists(field.name, false)] }
    guard field.isList else {
      return paths.first.map { [.equal(field.name, .string($0))] } ?? [.exists(field.name, false)]
    }
    return [.field(field.name, .size(.equal, Int64(elements.count)))]
      + dropped.prefix(AttachmentValue.longestCondition).map { .field(field.name, .contains(.string($0))) }
  }
}
