// SPDX-License-Identifier: Apache-2.0
//
// The names of links to the files of a record. Pure.
//
// In a list a link has the name that the file was attached under: what the template has in the place of `{name}`, or the end of the path
// where another has made it. The same record always gives the same names.

import Records
import VFS

struct AttachmentLink: Equatable {
  let name: Name
  /// In the bucket.
  let path: String

  /// The links of a field, in the order of the paths; a path that a list has twice has one.
  static func all(of record: Record, _ field: AttachmentField) -> [AttachmentLink] {
    guard field.isList else {
      guard let path = record[field.name].string, let name = Name(field.name) else { return [] }
      return [AttachmentLink(name: name, path: path)]
    }
    var seen: Set<[UInt8]> = []
    let paths = (record[field.name].list ?? []).compactMap(\.string).filter { seen.insert(Array($0.utf8)).inserted }
    let wanted = paths.enumerated().map { name(of: $1, field, record) ?? Name("file-\($0 + 1)") }
    let first = Set(wanted.compactMap { $0 })
    var taken: Set<Name> = []
    return zip(paths, wanted).compactMap { path, wanted in
      guard var name = wanted else { return nil }
      var number = 2
      while !taken.insert(name).inserted {
        repeat {
          guard let other = AttachmentLink.name(wanted?.string ?? "", number: number) else { return nil }
          name = other
          number += 1
        } while first.contains(name)
      }
      return AttachmentLink(name: name, path: path)
    }
  }

  /// nil when neither template nor path give what can be a name.
  private static func name(of path: String, _ field: AttachmentField, _ record: Record) -> Name? {
    // What stands before and behind the name: a control character is in no name.
    let frame = field.template.path(model: record.model, field: field.name, id: record.id, name: "\u{1}").utf8
      .split(separator: 1, maxSplits: 1, omittingEmptySubsequences: false)
    let bytes = path.utf8
    if frame.count == 2, bytes.count > frame[0].count + frame[1].count, bytes.starts(with: frame[0]),
      bytes.reversed().starts(with: frame[1].reversed()),
      let name = Name(String(decoding: bytes.dropFirst(frame[0].count).dropLast(frame[1].count), as: UTF8.self))
    {
      return name
    }
    return bytes.split(separator: UInt8(ascii: "/")).last.flatMap { Name(String(decoding: $0, as: UTF8.self)) }
  }

  /// `a.jpg`, 2 → `a~2.jpg`.
  private static func name(_ text: String, number: Int) -> Name? {
    let bytes = Array(text.utf8)
    let dot = bytes.lastIndex(of: UInt8(ascii: ".")).flatMap { $0 > 0 ? $0 : nil } ?? bytes.count
    let mark = Array("~\(number)".utf8)
    // As much of it as there is room for.
    let end = bytes[dot...].count + mark.count < Name.maximumLength ? Array(bytes[dot...]) : []
    var stem = String(decoding: bytes[..<dot], as: UTF8.self)
    while stem.utf8.count + mark.count + end.count > Name.maximumLength { stem.unicodeScalars.removeLast() }
    return Name(String(decoding: Array(stem.utf8) + mark + end, as: UTF8.self))
  }
}
