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
      else { return XMLText.string(bytes) }
      var isValid = true
      var isASCII = true
      let string = String(unsafeUninitializedCapacity: bytes.count) { output in
        var length = 0
        isValid = XMLText.decodeForm(bytes) { byte in
          if byte >= 0x80 { isASCII = false }
          output[length] = byte
          length += 1
        }
        return length
      }
      guard isValid else { throw error(.invalidValue) }
      if isASCII { return string }
      // The initialiser above repairs what is no UTF-8; a key must not be repaired.
      var output: [UInt8] = []
      output.reserveCapacity(bytes.count)
      _ = XMLText.decodeForm(bytes) { output.append($0) }
      return String(validating: output, as: UTF8.self)
    }
  }

  /// Calls `put` with each byte.
  ///
  /// - Returns: false for a `%` without two digits behind it.
  private static func decodeForm(_ bytes: UnsafeBufferPointer<UInt8>, _ put: (UInt8) -> Void) -> Bool {
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "%"):
        guard index + 2 < bytes.count, let high = Hexadecimal.value(of: bytes[index + 1]),
          let low = Hexadecimal.value(of: bytes[index + 2])
        else { return false }
        put(high << 4 | low)
        index += 3
      case UInt8(ascii: "+"):
        put(UInt8(ascii: " "))
        index += 1
      case let byte:
        put(byte)
        index += 1
      }
    }
    return true
  }
}
