// SPDX-License-Identifier: Apache-2.0
//
// Whether a value is one that a field may have, so that what cannot be stored is refused before anything happens. Pure.
// Scalars are those of GraphQL (https://spec.graphql.org/October2021/#sec-Scalars) and of AppSync
// (AppSync Developer Guide, "Scalar types in AWS AppSync"); of AppSync's texts only the kind is checked, the service knows better.

extension RecordField {
  /// - Parameter place: for messages: `Song.name`.
  /// - Throws: "InvalidValue".
  func check(_ value: RecordValue, at place: String) throws(RecordError) {
    guard !value.isNull else {
      if isMandatory { throw RecordError(.invalidValue, "\(place) cannot be null: it is \(typeText)") }
      return
    }
    guard isList else { return try kind.check(value, at: place) }
    guard let elements = value.list else { throw mismatch(value, place) }
    for (index, element) in elements.enumerated() {
      if element.isNull {
        if isRequired { throw RecordError(.invalidValue, "\(place)[\(index)] cannot be null: it is \(typeText)") }
      } else {
        try kind.check(element, at: "\(place)[\(index)]")
      }
    }
  }

  private func mismatch(_ value: RecordValue, _ place: String) -> RecordError {
    RecordError(.invalidValue, "\(place) is \(typeText), not \(value.kindText)")
  }
}

extension RecordField.Kind {
  fileprivate func check(_ value: RecordValue, at place: String) throws(RecordError) {
    switch self {
    case .scalar(let type):
      guard RecordField.Kind.isScalar(value, type) else {
        throw RecordError(.invalidValue, "\(place) is \(type), not \(value.kindText)")
      }
    case .enumeration(_, let values):
      guard let text = value.string, values.contains(text) else {
        throw RecordError(
          .invalidValue, "\(place) is one of \(values.joined(separator: ", ")), not \(value.json())")
      }
    case .structure(let name, let fields):
      guard let members = value.object else {
        throw RecordError(.invalidValue, "\(place) is \(name), not \(value.kindText)")
      }
      for member in members.keys.sorted() where !fields.contains(where: { $0.name == member }) {
        throw RecordError(.unknownField, "\(place) has no field \(member)")
      }
      for field in fields { try field.check(members[field.name] ?? .null, at: "\(place).\(field.name)") }
    }
  }

  private static func isScalar(_ value: RecordValue, _ type: String) -> Bool {
    switch (type, value) {
    case ("Int", .int(let number)): Int32(exactly: number) != nil
    case ("AWSTimestamp", .int): true
    case ("Float", .int): true
    case ("Float", .double(let number)): number.isFinite
    case ("Boolean", .bool): true
    case ("Int", _), ("AWSTimestamp", _), ("Float", _), ("Boolean", _): false
    case (_, .string): true
    default: false
    }
  }
}
