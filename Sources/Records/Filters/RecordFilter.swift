// SPDX-License-Identifier: Apache-2.0

/// Which records are meant: the filters and conditions of AppSync.
///
/// ```swift
/// let live: RecordFilter = .and([.field("name", .beginsWith("A")), .not(.field("coverArtPath", .attributeExists(false)))])
/// ```
public indirect enum RecordFilter: Sendable, Hashable {
  case field(String, Test)
  /// All of them; true of none.
  case and([RecordFilter])
  /// At least one of them; false of none.
  case or([RecordFilter])
  case not(RecordFilter)

  /// What is asked of a field.
  public enum Test: Sendable, Hashable {
    /// Numbers and texts, by `==`, `!=`, `<`, `<=`, `>`, `>=`; texts by their bytes.
    case compare(Comparison, RecordValue)
    case between(RecordValue, RecordValue)
    /// A text within a text, or an element of a list.
    case contains(RecordValue)
    case notContains(RecordValue)
    case beginsWith(String)
    case attributeExists(Bool)
    /// `binary`, `binarySet`, `bool`, `list`, `map`, `number`, `numberSet`, `string`, `stringSet`, `_null`.
    case attributeType(String)
    /// Of a text its characters, as Unicode counts them; of a list its elements.
    case size(Comparison, Int64)
    case sizeBetween(Int64, Int64)
  }

  public enum Comparison: String, Sendable, Hashable, CaseIterable {
    case equal = "eq"
    case notEqual = "ne"
    case less = "lt"
    case lessOrEqual = "le"
    case greater = "gt"
    case greaterOrEqual = "ge"
  }

  /// A field is equal to a value.
  public static func equal(_ field: String, _ value: RecordValue) -> RecordFilter {
    .field(field, .compare(.equal, value))
  }

  /// A field has a value, or has none.
  public static func exists(_ field: String, _ exists: Bool = true) -> RecordFilter {
    .field(field, .attributeExists(exists))
  }
}
