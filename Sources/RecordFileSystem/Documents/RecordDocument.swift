// SPDX-License-Identifier: Apache-2.0
//
// `record.json`: a record as a text, and what a text that was written changes. Pure.
//
// What is written is a change: fields that it does not name stay. What it says as the record has it is no change, so that a whole document
// can be edited and written back; if it has `updatedAt`, it is one of the record as it was then, and refused when somebody has changed it
// meanwhile.

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
    for name in members.keys.sorted() {
      guard model.field(name) != nil else { throw RecordError(.unknownField, "\(model.name) has no field \(name)") }
      let value = members[name] ?? .null
      // By bytes: Swift takes two ways to write a letter for the same.
      let isSame = value.jsonBytes() == record[name].jsonBytes()
      if name == "updatedAt" {
        guard isSame else {
          throw RecordError(.conditionFailed, "\(model.name) \(record.id) was changed since \(value.json())")
        }
        if !value.isNull { change.condition = .equal(name, value) }
      } else if name == model.keyName, !isSame {
        throw RecordError(.readOnlyField, "the record is \(record.id), not \(value.json())")
      } else if !isSame {
        change.values[name] = value
      }
    }
    return change
  }
}
