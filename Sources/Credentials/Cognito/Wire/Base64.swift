// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// Base64 (RFC 4648) of short byte strings.
enum Base64 {
  static func encode(_ bytes: [UInt8]) -> String { Data(bytes).base64EncodedString() }

  static func decode(_ text: String) -> [UInt8]? { Data(base64Encoded: text).map { [UInt8]($0) } }

  /// The URL-safe alphabet without padding, as tokens have it.
  static func decodeURLSafe(_ text: Substring) -> [UInt8]? {
    var standard = String(text.map { $0 == "-" ? "+" : $0 == "_" ? "/" : $0 })
    standard += String(repeating: "=", count: (4 - standard.utf8.count % 4) % 4)
    return decode(standard)
  }
}
