// SPDX-License-Identifier: Apache-2.0
//
// Filters as AppSync writes them: {"name": {"beginsWith": "A"}, "or": [{…}, {…}]}. Pure.

extension RecordFilter {
  /// Reads a filter in AppSync's form.
  ///
  /// - Throws: "InvalidFilter".
  public init(_ value: RecordValue) throws(RecordError) {
    guard let members = value.object else { throw RecordFilter.refuse("a filter is an object, not \(value.kindText)") }
    var filters: [RecordFilter] = []
    for name in members.keys.sorted() {
      let member = members[name] ?? .null
      switch name {
      case "and", "or":
        var parts: [RecordFilter] = []
        for part in member.list ?? [member] { parts.append(try RecordFilter(part)) }
        filters.append(name == "and" ? .and(parts) : .or(parts))
      case "not": filters.append(.not(try RecordFilter(member)))
      default:
        guard let tests = member.object else {
          throw RecordFilter.refuse("\(name) is compared by an object such as {\"eq\": …}, not by \(member.kindText)")
        }
        for test in tests.keys.sorted() { filters.append(try RecordFilter.test(name, test, tests[test] ?? .null)) }
      }
    }
    self = filters.count == 1 ? filters[0] : .and(filters)
  }

  private static func test(_ field: String, _ name: String, _ value: RecordValue) throws(RecordError) -> RecordFilter {
    if let comparison = Comparison(rawValue: name) { return .field(field, .compare(comparison, value)) }
    switch name {
    case "between":
      guard let bounds = value.list, bounds.count == 2 else { throw refuse("\(field): between takes two values") }
      return .field(field, .between(bounds[0], bounds[1]))
    case "contains": return .field(field, .contains(value))
    case "notContains": return .field(field, .notContains(value))
    case "beginsWith":
      guard let start = value.string else { throw refuse("\(field): beginsWith takes a text") }
      return .field(field, .beginsWith(start))
    case "attributeExists":
      guard case .bool(let exists) = value else { throw refuse("\(field): attributeExists takes true or false") }
      return .field(field, .attributeExists(exists))
    case "attributeType":
      guard let type = value.string else { throw refuse("\(field): attributeType takes a text") }
      return .field(field, .attributeType(type))
    case "size":
      guard let tests = value.object else { throw refuse("\(field): size takes an object such as {\"gt\": 1}") }
      var filters: [RecordFilter] = []
      for test in tests.keys.sorted() { filters.append(try size(field, test, tests[test] ?? .null)) }
      return filters.count == 1 ? filters[0] : .and(filters)
    default:
      throw refuse("\(field) cannot be compared by \(name)")
    }
  }

  private static func size(_ field: String, _ name: String, _ value: RecordValue) throws(RecordError) -> RecordFilter {
    if let comparison = Comparison(rawValue: name), case .int(let size) = value {
      return .field(field, .size(comparison, size))
    }
    if name == "between", let bounds = value.list, bounds.count == 2, case .int(let low) = bounds[0],
      case .int(let high) = bounds[1]
    {
      return .field(field, .sizeBetween(low, high))
    }
    throw refuse(
      "\(field): a size is compared by \(Comparison.allCases.map(\.rawValue).joined(separator: ", ")) or between, with integers"
    )
  }

  private static func refuse(_ message: String) -> RecordError { RecordError(.invalidFilter, message) }

  /// In AppSync's form.
  public var value: RecordValue {
    switch self {
    case .field(let name, let test): .object([name: test.value])
    case .and(let filters): .object(["and": .list(filters.map(\.value))])
    case .or(let filters): .object(["or": .list(filters.map(\.value))])
    case .not(let filter): .object(["not": filter.value])
    }
  }

  /// The fields that it asks about.
  var fields: Set<String> {
    switch self {
    case .field(let name, _): [name]
    case .and(let filters), .or(let filters): filters.reduce(into: []) { $0.formUnion($1.fields) }
    case .not(let filter): filter.fields
    }
  }
}

extension RecordFilter.Test {
  fileprivate var value: RecordValue {
    switch self {
    case .compare(let comparison, let other): .object([comparison.rawValue: other])
    case .between(let low, let high): .object(["between": .list([low, high])])
    case .contains(let part): .object(["contains": part])
    case .notContains(let part): .object(["notContains": part])
    case .beginsWith(let start): .object(["beginsWith": .string(start)])
    case .attributeExists(let exists): .object(["attributeExists": .bool(exists)])
    case .attributeType(let type): .object(["attributeType": .string(type)])
    case .size(let comparison, let size): .object(["size": .object([comparison.rawValue: .int(size)])])
    case .sizeBetween(let low, let high): .object(["size": .object(["between": .list([.int(low), .int(high)])])])
    }
  }
}
