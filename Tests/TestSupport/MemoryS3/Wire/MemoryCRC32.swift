// SPDX-License-Identifier: Apache-2.0
//
// CRC-32 of ISO 3309 as S3 writes it. Its own tables, eight bytes a step, and not ISA-L, which the code under test uses.
// Pure; any thread.

enum MemoryCRC32 {
  static func of(_ bytes: [UInt8]) -> UInt32 {
    tables.withUnsafeBufferPointer { tables in
      bytes.withUnsafeBytes { bytes in
        var crc: UInt32 = ~0
        var index = 0
        while index + 8 <= bytes.count {
          let word = UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self)) ^ UInt64(crc)
          crc = 0
          for byte in 0..<8 {
            crc ^= tables[(7 - byte) * 256 + Int(truncatingIfNeeded: (word >> UInt64(8 * byte)) & 0xFF)]
          }
          index += 8
        }
        while index < bytes.count {
          crc = crc >> 8 ^ tables[Int((crc ^ UInt32(bytes[index])) & 0xFF)]
          index += 1
        }
        return ~crc
      }
    }
  }

  /// Big-endian.
  static func bytes(of value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian, Array.init) }

  /// Base64 of the four bytes.
  static func encode(_ value: UInt32) -> String {
    String(unsafeUninitializedCapacity: 8) { output in
      let bits = UInt64(value) << 4
      for digit in 0..<6 { output[digit] = alphabet[Int(bits >> UInt64(30 - 6 * digit)) & 63] }
      output[6] = UInt8(ascii: "=")
      output[7] = UInt8(ascii: "=")
      return 8
    }
  }

  /// nil when the text is not the base64 of four bytes.
  static func decode(_ text: String) -> UInt32? {
    guard text.utf8.count == 8, text.utf8.suffix(2).elementsEqual("==".utf8) else { return nil }
    var bits: UInt64 = 0
    for digit in text.utf8.prefix(6) {
      guard let value = alphabet.firstIndex(of: digit) else { return nil }
      bits = bits << 6 | UInt64(value)
    }
    return bits & 15 == 0 ? UInt32(truncatingIfNeeded: bits >> 4) : nil
  }

  private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// Eight tables of 256: what a byte does that is followed by 0 to 7 others.
  private static let tables: [UInt32] = {
    var tables = [UInt32](repeating: 0, count: 8 * 256)
    for byte in 0..<256 {
      var crc = UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
      tables[byte] = crc
    }
    for index in 256..<(8 * 256) {
      let crc = tables[index - 256]
      tables[index] = crc >> 8 ^ tables[Int(crc & 0xFF)]
    }
    return tables
  }()
}
