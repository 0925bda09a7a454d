// SPDX-License-Identifier: Apache-2.0

/// The value of a field: what JSON can say.
public enum RecordValue: Sendable, Hashable {
  case null
  case bool(Bool)
  case int(Int64)
  case double(Double)
  case string(String)
  case list([RecordValue])
  case object([String: RecordValue])

  public var isNull: Bool { self == .null }

  /// Of a string; nil for anything else.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// Of a list; nil for anything else.
  public var list: [RecordValue]? {
    if case .list(let values) = self { values } else { nil }
  }

  /// Of an object; nil for anything else.
  public var object: [String: RecordValue]? {
    if case .object(let values) = self { values } else { nil }
  }

  /// Of a number; nil for anything else.
  public var number: Double? {
    switch self {
    case .int(let value): Double(value)
    case .double(let value): value
    default: nil
    }
  }

  /// For a message: "a list".
  var kindText: String {
    switch self {
    case .null: "null"
    case .bool: "true or false"
    case .int, .double: "a number"
    case .string: "a text"
    case .list: "a list"
    case .object: "an object"
    }
  }
}

extension RecordValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
  ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
  public init(stringLiteral text: String) { self = .string(text) }
  public init(integerLiteral value: Int64) { self = .int(value) }
  public init(floatLiteral value: Double) { self = .double(value) }
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  public init(arrayLiteral values: RecordValue...) { self = .list(values) }
  public init(dictionaryLiteral pairs: (String, RecordValue)...) {
    self = .object(Dictionary(pairs) { _, last in last })
  }
}
