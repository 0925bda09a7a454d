// SPDX-License-Identifier: Apache-2.0
//
// Percent-encoding as Signature Version 4 wants it. The store encodes what it received once more and compares, so a URL
// must be built with these functions and nothing else: what is signed is then byte for byte what is sent.
// Pure; works on the UTF-8 of a string, whatever it holds.

/// Percent-encoding of RFC 3986 §2.1, leaving only the unreserved characters `A-Z a-z 0-9 - . _ ~` (S3 API, "Signature
/// calculations", UriEncode).
package enum URIEncoding {
  /// Encodes a path: each byte outside of the unreserved set, except `/`.
  package static func path(_ text: String) -> String { encoded(text, keepingSlashes: true) }

  /// Encodes one name or value of a query, or one segment of a path: `/` too.
  package static func component(_ text: String) -> String { encoded(text, keepingSlashes: false) }

  /// Encodes a query and sorts it by encoded name, then value; empty for no items. A name without value ends in `=`.
  package static func query(_ items: [(name: String, value: String)]) -> String {
    guard !items.isEmpty else { return "" }
    var result = ByteText(capacity: 256)
    appendQuery(items, to: &result)
    return result.string
  }

  static func appendQuery(_ items: [(name: String, value: String)], to result: inout ByteText) {
    var pairs = items.map { (name: component($0.name), value: component($0.value)) }
    if pairs.count > 1 { pairs.sort { ($0.name, $0.value) < ($1.name, $1.value) } }
    var isFirst = true
    for pair in pairs {
      if !isFirst { result.append(UInt8(ascii: "&")) }
      isFirst = false
      result.append(pair.name)
      result.append(UInt8(ascii: "="))
      result.append(pair.value)
    }
  }

  private static func encoded(_ text: String, keepingSlashes: Bool) -> String {
    // With the bit of `/` set, the same test keeps slashes.
    let low = keepingSlashes ? unreservedLow | 1 << 47 : unreservedLow
    var text = text
    var reserved = 0
    text.withUTF8 { bytes in for byte in bytes where !isKept(byte, low) { reserved += 1 } }
    if reserved == 0 { return text }
    return text.withUTF8 { bytes in
      String(unsafeUninitializedCapacity: bytes.count + 2 * reserved) { result in
        var length = 0
        for byte in bytes {
          if isKept(byte, low) {
            result[length] = byte
            length += 1
          } else {
            result[length] = UInt8(ascii: "%")
            result[length + 1] = hexDigit(byte >> 4)
            result[length + 2] = hexDigit(byte & 0x0F)
            length += 3
          }
        }
        return length
      }
    }
  }

  // One bit a character, the first 64 and the second 64 of ASCII: no table in memory, no lazy global.
  private static let unreservedLow: UInt64 = 0x03FF_6000_0000_0000
  private static let unreservedHigh: UInt64 = 0x47FF_FFFE_87FF_FFFE

  private static func isKept(_ byte: UInt8, _ low: UInt64) -> Bool {
    if byte >= 128 { return false }
    return ((byte < 64 ? low : unreservedHigh) &>> UInt64(byte & 63)) & 1 == 1
  }

  private static func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") &+ nibble : UInt8(ascii: "A") &- 10 &+ nibble
  }
}
