// SPDX-License-Identifier: Apache-2.0

import Glibc

extension XMLText {
  /// The text of a key or prefix in a listing that was asked for with `encoding-type=url`.
  ///
  /// That encoding is the one of forms: `+` is a space, `%2B` a plus (S3 API Reference, ListObjectsV2; what AWS, MinIO and
  /// SeaweedFS send).
  /// - Returns: nil when the bytes are not UTF-8: such a key cannot be an ``ObjectKey``.
  /// - Throws: `XMLError` for a `%` without two digits.
  package func formDecodedString() throws(XMLError) -> String? {
    try withBytes { (bytes) throws(XMLError) in
      guard let base = bytes.baseAddress,
        memchr(base, Int32(UInt8(ascii: "%")), bytes.count) != nil
          || memchr(base, Int32(UInt8(ascii: "+")), bytes.count) != nil
      else { return String(validating: bytes, as: UTF8.self) }
      var output: [UInt8] = []
      output.reserveCapacity(bytes.count)
      var index = 0
      while index < bytes.count {
        switch bytes[index] {
        case UInt8(ascii: "%"):
          guard index + 2 < bytes.count, let high = Hexadecimal.value(of: bytes[index + 1]),
            let low = Hexadecimal.value(of: bytes[index + 2])
          else { throw error(.invalidValue) }
          output.append(high << 4 | low)
          index += 3
        case UInt8(ascii: "+"):
          output.append(UInt8(ascii: " "))
          index += 1
        case let byte:
          output.append(byte)
          index += 1
        }
      }
      return String(validating: output, as: UTF8.self)
    }
  }
}
