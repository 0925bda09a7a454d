// SPDX-License-Identifier: Apache-2.0
//
// The record files of format 1, `data/ID.entry`, which are only read any more. Pure: text in, value out.
//
// Format: lines "name value", values with `%`, control characters and spaces percent-encoded, first line the version, last
// line "end". What can go wrong: a torn or foreign file; decoding refuses it as a whole, and the caller keeps it.

import S3Client
import Transfer

enum RecordFile {
  private static let header = "pail-entry 1"
  private static let trailer = "end"

  /// Nil for anything that is not a whole record of this version.
  static func decode(_ text: String) -> EntryRecord? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 3, lines[0] == header, lines[lines.count - 2] == trailer, lines[lines.count - 1].isEmpty
    else { return nil }
    var record = EntryRecord(key: ObjectKey(""), base: nil, isExclusive: false, properties: ObjectProperties())
    for line in lines[1..<(lines.count - 2)] {
      let words = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      guard words.count >= 2, let value = RecordText.unescape(words[1]) else { return nil }
      switch words[0] {
      case "key": record.key = ObjectKey(value)
      case "base": record.base = ETag(value)
      case "exclusive": record.isExclusive = true
      case "parked": record.parked = EntryRecord.Parked(reason: value, isConflict: false)
      case "conflict": record.parked = EntryRecord.Parked(reason: value, isConflict: true)
      default: guard PropertiesText.add(words, to: &record.properties) else { return nil }
      }
    }
    return record.key.string.isEmpty ? nil : record
  }
}
