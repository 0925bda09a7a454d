// SPDX-License-Identifier: Apache-2.0

/// A record of a store, as it was when it was read.
public struct Record: Sendable, Hashable {
  /// The name of its model.
  public var model: String
  public var id: String
  /// All fields that have a value, the id and the times included.
  public var values: [String: RecordValue]

  public init(model: String, id: String, values: [String: RecordValue]) {
    self.model = model
    self.id = id
    self.values = values.filter { !$0.value.isNull }
  }

  /// When it was made, in ISO 8601 with milliseconds; nil for a model without.
  public var createdAt: String? { values["createdAt"]?.string }

  /// When it was changed last, in ISO 8601 with milliseconds; nil for a model without.
  public var updatedAt: String? { values["updatedAt"]?.string }

  public subscript(field: String) -> RecordValue { values[field] ?? .null }
}

/// A part of a list of records.
public struct RecordPage: Sendable, Hashable {
  /// May be fewer than asked for, or none, although there is a next page: filters are applied to a page that was read.
  public var records: [Record]
  /// Gets the next page; nil on the last. Says nothing to anybody but the store.
  public var nextToken: String?

  public init(records: [Record], nextToken: String?) {
    self.records = records
    self.nextToken = nextToken
  }
}
