// SPDX-License-Identifier: Apache-2.0

/// The first line of an answer or a file that is to become a header or a path: tokens, role names.
enum PrintableLine {
  /// The line without white space around it; nil when it is empty, longer than `limit` bytes or holds anything but
  /// printable ASCII, which could forge another header.
  static func first(of bytes: [UInt8], limit: Int = 16_384) -> String? {
    let line = bytes.prefix { $0 != UInt8(ascii: "\n") }
    let text = String(decoding: line, as: UTF8.self).trimmingBlanks()
    guard !text.isEmpty, text.utf8.count <= limit, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else { return nil }
    return text
  }
}
