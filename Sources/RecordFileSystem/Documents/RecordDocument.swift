// SPDX-License-Identifier: Apache-2.0
//
// `record.json`: a record as a text, and what a text that was written changes. Pure.
//
// What is written is a change: fields that it does not name stay. If it has `updatedAt`, as a whole document has that is edited and written
// back, it changes the record as it was then: what it says as the record had it is no change, and it is refused when somebody has changed
// the record meanwhile. Without, it is written whatever the record is.

import Records

enum RecordDocument {
  /// Most bytes of a document: more than any store takes.
  static let limit: Int64 = 4 << 20

  /// All fields that have a value, one a line, and a newline.
  static func text(of record: Record) -> [UInt8] {
    RecordValue.object(record.values).jsonBytes(pretty: true) + [UInt8(ascii: "\n")]
  }

  struct Change {
    /// null removes a field.
    var values: [String: RecordValue]
    var condition: RecordFilter?
  }

  /// What a text changes.
  ///
  /// - Parameter record: as it is just now.
  /// - Throws: "InvalidValue" for what is no object in JSON, "UnknownField", "ReadOnlyField" for another id, "ConditionFailed" for
  ///   another `updatedAt`.
  static func change(_ text: [UInt8], to record: Record, _ model: RecordModel) throws(RecordError) -> Change {
    guard let members = try RecordValue(json: text).object else {
      throw RecordError(.invalidValue, "a record is an object: {\"field\": value, …}")
    }
    var change = Change(values: [:], condition: nil)
    if let time = members["updatedAt"], !time.isNull {
      guard isSame(time, record["updatedAt"]) else {
        throw RecordError(.conditionFailed, "\(model.name) \(record.id) was changed since \(time.json())")
      }
      change.condition = .equal("updatedAt", time)
    }
    for name in members.keys.sorted() {
      guard let field = model.field(name) else {
        throw RecordError(.unknownField, "\(model.name) has no field \(name)")
      }
      let value = members[name] ?? .null
      let isSame = isSame(value, record[name])
      if name == model.keyName {
        guard isSame else { throw RecordError(.readOnlyField, "the record is \(record.id), not \(value.json())") }
      } else if !isSame || change.condition == nil && !field.isReadOnly {
        change.values[name] = value
      }
    }
    return change
  }

  /// By bytes: Swift takes two ways to write a letter for the same.
  private static func isSame(_ value: RecordValue, _ other: RecordValue) -> Bool {
    value.jsonBytes() == other.jsonBytes()
  }
}
