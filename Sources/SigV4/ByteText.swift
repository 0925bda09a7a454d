// SPDX-License-Identifier: Apache-2.0
//
// Text under construction, as the bytes that are hashed or sent. An Array asks before each append whether somebody shares
// it, and copies a String through a generic sequence; this has one owner and goes to memmove, which makes a signature
// twice as fast. State: one block of memory, freed with its owner. One thread at a time.

/// The 32 bytes of a SHA-256 or an HMAC-SHA-256, on the stack.
package typealias Digest256 = InlineArray<32, UInt8>

struct ByteText: ~Copyable {
  private var start: UnsafeMutablePointer<UInt8>
  private var capacity: Int
  private(set) var count = 0

  /// - Parameter capacity: in bytes, at least 1; grows when it does not suffice.
  init(capacity: Int) {
    start = .allocate(capacity: capacity)
    self.capacity = capacity
  }

  deinit { start.deallocate() }

  /// Valid until the next append and no longer than the text.
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: start, count: count) }

  var string: String { String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self) }

  mutating func append(_ byte: UInt8) {
    reserve(1)
    start[count] = byte
    count += 1
  }

  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    guard let source = bytes.baseAddress else { return }
    reserve(bytes.count)
    UnsafeMutableRawPointer(start + count).copyMemory(from: source, byteCount: bytes.count)
    count += bytes.count
  }

  mutating func append(_ text: String) {
    var text = text
    text.withUTF8 { append(UnsafeRawBufferPointer($0)) }
  }

  /// Appends the digest as 64 lowercase hexadecimal digits.
  mutating func append(hex digest: Digest256) {
    reserve(64)
    for index in 0..<32 {
      start[count + 2 * index] = ByteText.hexDigit(digest[index] >> 4)
      start[count + 2 * index + 1] = ByteText.hexDigit(digest[index] & 0x0F)
    }
    count += 64
  }

  /// Replaces the last byte.
  mutating func replaceLast(with byte: UInt8) { if count > 0 { start[count - 1] = byte } }

  private mutating func reserve(_ additional: Int) {
    guard capacity - count < additional else { return }
    let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: max(capacity * 2, count + additional))
    larger.update(from: start, count: count)
    start.deallocate()
    start = larger
    capacity = max(capacity * 2, count + additional)
  }

  private static func hexDigit(_ nibble: UInt8) -> UInt8 {
    nibble < 10 ? UInt8(ascii: "0") &+ nibble : UInt8(ascii: "a") &- 10 &+ nibble
  }
}
