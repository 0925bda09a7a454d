// SPDX-License-Identifier: Apache-2.0

/// The 32 bytes of a SHA-256 or an HMAC-SHA-256, on the stack.
typealias Digest256 = InlineArray<32, UInt8>

extension InlineArray where Element == UInt8 {
  var bytes: [UInt8] { span.withUnsafeBufferPointer { Array($0) } }
}

extension Array where Element == UInt8 {
  /// Appends the digest as 64 lowercase hexadecimal digits.
  mutating func appendHex(_ digest: borrowing Digest256) {
    for index in 0..<32 {
      append(Array.hexDigit(digest[index] >> 4))
      append(Array.hexDigit(digest[index] & 0x0F))
    }
  }

  private static func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") &+ nibble : UInt8(ascii: "a") &- 10 &+ nibble
  }
}
