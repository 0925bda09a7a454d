// SPDX-License-Identifier: Apache-2.0

import Records

/// Records in words for a terminal, and in JSON for programs. Values are other people's: control characters would act on the
/// terminal. Pure.
enum RecordText {
  /// One line; empty for null.
  static func cell(_ value: RecordValue) -> String {
    switch value {
    case .null: ""
    case .string(let text): ObjectText.printable(text)
    default: ObjectText.printable(value.json())
    }
  }

  /// "Song 42", then a line for each field that has a value.
  static func lines(_ record: Record, _ model: RecordModel) -> [String] {
    let fields = model.fields.filter { $0.name != model.keyName && !record[$0.name].isNull }
    let width = (fields.map(\.name.count).max() ?? 0) + 3
    return [name(record)]
      + fields.map { "  \(ObjectText.padded(ObjectText.printable($0.name) + ":", width))\(cell(record[$0.name]))" }
  }

  /// "Song 42"
  static func name(_ record: Record) -> String { ObjectText.printable("\(record.model) \(record.id)") }

  /// All values in one line of JSON, under the names of the fields.
  static func json(_ record: Record) -> String { value(record).json() }

  static func value(_ record: Record) -> RecordValue { .object(record.values) }

  /// "1 file", "12 files"
  static func count(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}
