// SPDX-License-Identifier: Apache-2.0
//
// Records as AppSync answers with them: every field that was asked for, null where there is none. Pure.

extension RecordModel {
  /// - Throws: "InvalidResponse" for what is no record of this model.
  func record(_ value: RecordValue, of operation: AppSyncOperation) throws(RecordError) -> Record {
    guard let members = value.object, let id = members[keyName]?.string else {
      throw RecordError(
        .invalidResponse, "\(operation.name): the service answered with something that is no \(name)",
        mayHaveBeenApplied: operation.isMutation)
    }
    return Record(model: name, id: id, values: RecordField.values(members, of: fields))
  }
}

extension RecordField {
  /// The members that have a value, here and in structures within.
  fileprivate static func values(_ members: [String: RecordValue], of fields: [RecordField]) -> [String: RecordValue] {
    var values: [String: RecordValue] = [:]
    for field in fields {
      guard let value = members[field.name], !value.isNull else { continue }
      values[field.name] = field.withoutNulls(value)
    }
    return values
  }

  private func withoutNulls(_ value: RecordValue) -> RecordValue {
    guard case .structure(_, let fields) = kind else { return value }
    switch value {
    case .list(let elements): return .list(elements.map(withoutNulls))
    case .object(let members): return .object(RecordField.values(members, of: fields))
    default: return value
    }
  }

  /// Whether the service would answer with the one for the other.
  fileprivate func isSame(_ value: RecordValue, _ other: RecordValue) -> Bool {
    switch (value, other) {
    case (.list(let left), .list(let right)):
      left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
    case (.object(let left), .object(let right)):
      if case .structure(_, let fields) = kind {
        fields.allSatisfy { $0.isSame(left[$0.name] ?? .null, right[$0.name] ?? .null) }
      } else {
        left == right
      }
    case (.string(let left), .string(let right)):
      left.utf8.elementsEqual(right.utf8) || isSameDocument(left, right)
    case (.int(let left), .int(let right)): left == right
    default:
      if let left = value.number, let right = other.number { left == right } else { value == other }
    }
  }

  /// AppSync keeps the value that a text in JSON says, and not its spaces.
  private func isSameDocument(_ left: String, _ right: String) -> Bool {
    guard kind == .scalar("AWSJSON"), let left = try? RecordValue(json: left), let right = try? RecordValue(json: right)
    else { return false }
    return left == right
  }
}

extension Record {
  /// Whether it has the values that it was made with; the service may have added some of its own.
  func isMade(of given: [String: RecordValue], by model: RecordModel) -> Bool {
    model.fields.allSatisfy { field in
      guard let value = given[field.name], !value.isNull else { return true }
      return field.isSame(value, self[field.name])
    }
  }
}
