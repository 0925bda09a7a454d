// SPDX-License-Identifier: Apache-2.0

/// The name of a local file for a path in a bucket, which other people have made. Pure.
enum LocalName {
  /// Bytes; room is left for a number before it.
  private static let longest = 240

  /// The last name of the path: without control characters, not hidden, and another one than `taken`, which it is added to.
  static func make(for path: String, _ taken: inout Set<String>) -> String {
    // By scalars: a mark that combines would hide a slash, or a dot at the beginning, from whoever looks at characters.
    let last = path.utf8.split(separator: UInt8(ascii: "/")).last.map { String(decoding: $0, as: UTF8.self) } ?? ""
    var scalars = Array(last.unicodeScalars.map { isControl($0) ? "_" : $0 })
    var size = scalars.reduce(0) { $0 + UTF8.width($1) }
    while size > longest { size -= UTF8.width(scalars.removeFirst()) }
    if scalars.first ?? "." == "." { scalars.insert("_", at: 0) }
    let name = String(String.UnicodeScalarView(scalars))
    var free = name
    var number = 2
    while !taken.insert(free).inserted {
      free = "\(number)-\(name)"
      number += 1
    }
    return free
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
  }
}
