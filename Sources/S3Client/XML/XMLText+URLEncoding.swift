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
      var form: Form?
      let string = String(unsafeUninitializedCapacity: bytes.count) { output in
        form = XMLText.decodeForm(bytes, into: output)
        return form?.length ?? 0
      }
      guard let form else { throw error(.invalidValue) }
      if form.isASCII { return string }
      // The initialiser above repairs what is no UTF-8; a key must not be repaired.
      let decoded = [UInt8](unsafeUninitializedCapacity: bytes.count) { output, count in
        count = XMLText.decodeForm(bytes, into: output)?.length ?? 0
      }
      return String(validating: decoded, as: UTF8.self)
    }
  }

  private struct Form {
    var length: Int
    var isASCII: Bool
  }

  /// - Parameter output: as long as `bytes`, which decoding never makes longer.
  /// - Returns: nil for a `%` without two digits behind it.
  private static func decodeForm(
    _ bytes: UnsafeBufferPointer<UInt8>, into output: UnsafeMutableBufferPointer<UInt8>
  ) -> Form? {
    var index = 0
    var length = 0
    var all: UInt8 = 0
    while index < bytes.count {
      var byte = bytes[index]
      if byte == UInt8(ascii: "%") {
        guard index + 2 < bytes.count, let high = Hexadecimal.value(of: bytes[index + 1]),
          let low = Hexadecimal.value(of: bytes[index + 2])
        else { return nil }
        byte = high << 4 | low
        index += 2
      } else if byte == UInt8(ascii: "+") {
        byte = UInt8(ascii: " ")
      }
      index += 1
      output[length] = byte
      length += 1
      all |= byte
    }
    return Form(length: length, isASCII: all < 0x80)
  }
}
