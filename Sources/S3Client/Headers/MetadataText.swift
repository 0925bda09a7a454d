// SPDX-License-Identifier: Apache-2.0

/// How user metadata is written: names are lowercase header names, values printable ASCII, together at most 2 KB (S3 User
/// Guide, "User-defined object metadata").
package enum MetadataText {
  /// The largest sum of names and values of an object's user metadata, in bytes.
  package static let limit = 2_048

  /// The bytes that count against ``limit``.
  package static func size(of metadata: [String: String]) -> Int {
    metadata.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
  }

  /// Whether the text can be the name of a metadata entry: what may stand in a header name (RFC 9110 §5.6.2), without capitals.
  package static func isName(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }

  /// A value as a header can carry it: printable ASCII stays, `%` and all else becomes `%XX`.
  package static func encode(_ value: [UInt8]) -> String {
    var result = ""
    for (index, byte) in value.enumerated() {
      // A space at either end would be trimmed by HTTP.
      let isEdge = index == 0 || index == value.count - 1
      if byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "%") || byte == 0x20 && !isEdge {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        result += byte < 16 ? "%0\(digits)" : "%\(digits)"
      }
    }
    return result
  }

  /// The bytes of a value; a `%` that begins no two hex digits stands for itself, as other programs write it.
  package static func decode(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    var result: [UInt8] = []
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count,
        let high = Hexadecimal.value(of: bytes[index + 1]), let low = Hexadecimal.value(of: bytes[index + 2])
      {
        result.append(high << 4 | low)
        index += 3
      } else {
        result.append(bytes[index])
        index += 1
      }
    }
    return result
  }
}
