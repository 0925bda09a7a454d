// SPDX-License-Identifier: Apache-2.0

/// Names of files that belong to another and lie beside it.
enum PartialName {
  /// Bytes of a name on Linux file systems (NAME_MAX).
  private static let longestName = 255

  /// `path` with `suffix`; a name that would be too long is cut and gets a hash of the whole, so that it stays its own.
  static func path(for path: String, suffix: String) -> String {
    let name = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).last ?? path.utf8[...]
    guard name.count + suffix.utf8.count > longestName else { return path + suffix }
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    let tail = "-" + String(hash, radix: 16) + suffix
    var kept = String(Substring(name))
    while kept.utf8.count + tail.utf8.count > longestName { kept.removeLast() }
    return String(Substring(path.utf8.dropLast(name.count))) + kept + tail
  }

  /// The directory that `path` is in.
  static func directory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == path.utf8.startIndex ? "/" : String(Substring(path.utf8[..<slash]))
  }
}
