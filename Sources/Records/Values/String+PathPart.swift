// SPDX-License-Identifier: Apache-2.0

extension String {
  /// Whether it can stand in a path, and be the name of a file: 1 to 255 bytes, no slash, no control characters, not `.` or `..`.
  var canBePathPart: Bool {
    (1...255).contains(utf8.count) && self != "." && self != ".."
      && !utf8.contains { $0 < 0x20 || $0 == 0x7F || $0 == UInt8(ascii: "/") }
  }
}
