// SPDX-License-Identifier: Apache-2.0

import GRDB
import Transfer

/// Texts in the index: percent-encoded ASCII, so that any bytes come back exactly (SQLite's C strings end at a NUL) and a person
/// can read them with `sqlite3`.
enum IndexText {
  static func encode(_ text: String) -> String { RecordText.escape(text) }

  /// Nil for a value that ``encode(_:)`` did not make.
  static func decode(_ value: DatabaseValue) -> String? {
    guard case .string(let text) = value.storage, text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
    return RecordText.unescape(text)
  }

  /// ``decode(_:)`` for a column that may be NULL; nil for a value that is wrong.
  static func decodeOptional(_ value: DatabaseValue) -> String?? {
    if value.isNull { return .some(nil) }
    return decode(value).map { .some($0) }
  }
}

extension DatabaseValue {
  /// Nil for anything but an integer.
  var integer: Int64? { if case .int64(let value) = storage { value } else { nil } }

  /// Nil for anything but 0 and 1.
  var flag: Bool? { if let integer, 0...1 ~= integer { integer == 1 } else { nil } }
}
