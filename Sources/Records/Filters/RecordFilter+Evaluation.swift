// SPDX-License-Identifier: Apache-2.0
//
// Whether a record is meant, as DynamoDB says it (Developer Guide, "Condition and filter expressions"): a field without value
// fails every test but "is not equal", "does not contain" and "does not exist"; values of different kinds are never in order. Pure.

extension RecordFilter {
  func matches(_ values: [String: RecordValue]) -> Bool {
    switch self {
    case .field(let name, let test): test.matches(values[name] ?? .null)
    case .and(let filters): filters.allSatisfy { $0.matches(values) }
    case .or(let filters): filters.contains { $0.matches(values) }
    case .not(let filter): !filter.matches(values)
    }
  }
}

extension RecordFilter.Test {
  fileprivate func matches(_ value: RecordValue) -> Bool {
    switch self {
    case .compare(let comparison, let other): comparison.holds(value, other)
    case .between(let low, let high):
      RecordFilter.Comparison.greaterOrEqual.holds(value, low) && RecordFilter.Comparison.lessOrEqual.holds(value, high)
    case .contains(let part): RecordFilter.Test.contains(value, part)
    case .notContains(let part): !RecordFilter.Test.contains(value, part)
    case .beginsWith(let start): value.string?.utf8.starts(with: start.utf8) ?? false
    case .attributeExists(let exists): value.isNull != exists
    case .attributeType(let name): value.attributeType == name
    case .size(let comparison, let size): value.size.map { comparison.holds(.int($0), .int(size)) } ?? false
    case .sizeBetween(let low, let high): value.size.map { (low...max(low, high)).contains($0) && $0 <= high } ?? false
    }
  }

  private static func contains(_ value: RecordValue, _ part: RecordValue) -> Bool {
    switch value {
    case .list(let elements): elements.contains { RecordFilter.Comparison.equal.holds($0, part) }
    case .string(let text): part.string.map { contains(Array(text.utf8), Array($0.utf8)) } ?? false
    default: false
    }
  }

  private static func contains(_ text: [UInt8], _ part: [UInt8]) -> Bool {
    guard part.count <= text.count else { return false }
    return (0...text.count - part.count).contains { text[$0...].starts(with: part) }
  }
}

extension RecordFilter.Comparison {
  fileprivate func holds(_ value: RecordValue, _ other: RecordValue) -> Bool {
    switch self {
    case .equal: RecordFilter.Comparison.isEqual(value, other)
    case .notEqual: !RecordFilter.Comparison.isEqual(value, other)
    case .less: RecordFilter.Comparison.order(value, other).map { $0 < 0 } ?? false
    case .lessOrEqual: RecordFilter.Comparison.order(value, other).map { $0 <= 0 } ?? false
    case .greater: RecordFilter.Comparison.order(value, other).map { $0 > 0 } ?? false
    case .greaterOrEqual: RecordFilter.Comparison.order(value, other).map { $0 >= 0 } ?? false
    }
  }

  private static func isEqual(_ value: RecordValue, _ other: RecordValue) -> Bool {
    if value.isNull || other.isNull { return false }
    return order(value, other).map { $0 == 0 } ?? (value == other)
  }

  /// Below, equal or above 0; nil for what has no order.
  private static func order(_ value: RecordValue, _ other: RecordValue) -> Int? {
    switch (value, other) {
    case (.string(let left), .string(let right)):
      left.utf8.elementsEqual(right.utf8) ? 0 : left.utf8.lexicographicallyPrecedes(right.utf8) ? -1 : 1
    case (.int(let left), .int(let right)): left == right ? 0 : left < right ? -1 : 1
    default:
      if let left = value.number, let right = other.number { left == right ? 0 : left < right ? -1 : 1 } else { nil }
    }
  }
}

extension RecordValue {
  /// As DynamoDB counts; nil for what has no size.
  fileprivate var size: Int64? {
    switch self {
    case .string(let text): Int64(text.unicodeScalars.count)
    case .list(let elements): Int64(elements.count)
    case .object(let members): Int64(members.count)
    default: nil
    }
  }

  /// As AppSync's enumeration ModelAttributeTypes names it.
  fileprivate var attributeType: String? {
    switch self {
    case .null: nil
    case .bool: "bool"
    case .int, .double: "number"
    case .string: "string"
    case .list: "list"
    case .object: "map"
    }
  }
}
