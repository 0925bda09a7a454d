// SPDX-License-Identifier: Apache-2.0
//
// CRC-32 (ISO-HDLC: reflected polynomial 0xEDB88320), the checksum S3 knows as CRC32.
//
// For: checking that the store received the bytes that were written. Computed by ISA-L with carry-less multiplication, about
// as fast as memory; tables, or zlib 1.2.13, cost more than all else that a download does. `combine` joins the checksums of two
// neighbours, so that the checksum of a whole object needs no second read. Pure.

internal import CISAL

package struct CRC32: Sendable {
  /// The checksum of all bytes so far.
  package private(set) var value: UInt32 = 0

  package init() {}

  /// Adds bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    value = crc32_gzip_refl(value, bytes.assumingMemoryBound(to: UInt8.self).baseAddress, UInt64(bytes.count))
  }

  /// The checksum of `first` followed by `second`, of which only the checksums and the second's length are known.
  ///
  /// - Parameter length: bytes of the second.
  package static func combine(_ first: UInt32, _ second: UInt32, length: Int64) -> UInt32 {
    // Appending n zero bytes multiplies by x^(8n) in GF(2); square and multiply over the bits of n.
    guard length > 0 else { return first }
    var power = multiply(0x0080_0000, 0x8000_0000)  // x^8: reflected, so bit 31 is x^0
    var result = first
    var remaining = length
    while remaining > 0 {
      if remaining & 1 == 1 { result = multiply(result, power) }
      power = multiply(power, power)
      remaining >>= 1
    }
    return result ^ second
  }

  /// The product of two polynomials modulo the CRC polynomial, in reflected bit order.
  private static func multiply(_ left: UInt32, _ right: UInt32) -> UInt32 {
    var product: UInt32 = 0
    var factor = right
    for bit in (0..<32).reversed() {
      if left & (1 << UInt32(bit)) != 0 { product ^= factor }
      factor = factor & 1 == 1 ? (factor >> 1) ^ 0xEDB8_8320 : factor >> 1
    }
    return product
  }
}
