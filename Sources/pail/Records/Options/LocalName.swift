// SPDX-License-Identifier: Apache-2.0

/// The name of a local file for a path in a bucket, which other people have made. Pure.
enum LocalName {
  /// Bytes; room is left for a number before it.
  private static let longest = 240

  /// The last name of the path: without control characters, not hidden, and another one than `taken`, which it is added to.
  static func make(for path: String, _ taken: inout Set<String>) -> String {
    var name = path.split(separator: "/").last.map(String.init) ?? ""
    name = String(String.UnicodeScalarView(name.unicodeScalars.map { isControl($0) ? "_" : $0 }))
    if name.isEmpty || name.hasPrefix(".") { name = "_" + name }
    while name.utf8.count > longest { name.removeFirst() }
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
