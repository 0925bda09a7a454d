// SPDX-License-Identifier: Apache-2.0

import Testing
import Transfer

@Suite("CRC-32") struct CRC32Tests {
  /// Values of `python3 -c 'import zlib; print(hex(zlib.crc32(b"…")))'`.
  @Test(arguments: [
    ("", UInt32(0x0000_0000)), ("a", 0xE8B7_BE43), ("123456789", 0xCBF4_3926),
    ("The quick brown fox jumps over the lazy dog", 0x414F_A339),
  ])
  func knownValues(text: String, expected: UInt32) { #expect(checksum(Array(text.utf8)) == expected) }

  /// zlib.crc32(bytes(i * 7 % 251 for i in range(100_000)))
  @Test func longInput() {
    #expect(checksum((0..<100_000).map { (index: Int) -> UInt8 in UInt8(index * 7 % 251) }) == 0xB0A8_C3CD)
  }

  /// Vector code has cases for short inputs and for addresses that no vector begins at.
  @Test func everyLengthAndAddress() {
    let bytes = (0..<640).map { (index: Int) -> UInt8 in UInt8(truncatingIfNeeded: index * index * 31 + index >> 3) }
    for start in 0..<65 {
      var bitwise = UInt32.max
      for length in 0...520 {
        #expect(checksum(bytes[start..<start + length]) == ~bitwise, "\(length) bytes from \(start)")
        bitwise ^= UInt32(bytes[start + length])
        for _ in 0..<8 { bitwise = bitwise & 1 == 1 ? bitwise >> 1 ^ 0xEDB8_8320 : bitwise >> 1 }
      }
    }
  }

  @Test(arguments: [0, 1, 7, 8, 9, 63, 1_000])
  func updatesInPieces(split: Int) {
    let bytes = (0..<1_000).map { (index: Int) -> UInt8 in UInt8(index % 256) }
    var checksum = CRC32()
    bytes[..<split].withUnsafeBytes { checksum.update($0) }
    bytes[split...].withUnsafeBytes { checksum.update($0) }
    #expect(checksum.value == 0x74E3_FB41)
  }

  @Test(arguments: [(0, 9), (1, 8), (4, 5), (9, 0)] as [(Int, Int64)])
  func combines(first: Int, second: Int64) {
    let bytes = Array("123456789".utf8)
    #expect(
      CRC32.combine(checksum(Array(bytes[..<first])), checksum(Array(bytes[first...])), length: second)
        == 0xCBF4_3926)
  }

  @Test func combinesLongParts() {
    let bytes = (0..<100_000).map { (index: Int) -> UInt8 in UInt8(index * 7 % 251) }
    let halves = (checksum(Array(bytes[..<33_333])), checksum(Array(bytes[33_333...])))
    #expect(CRC32.combine(halves.0, halves.1, length: 66_667) == 0xB0A8_C3CD)
  }

  private func checksum(_ bytes: some Collection<UInt8>) -> UInt32 {
    var checksum = CRC32()
    _ = bytes.withContiguousStorageIfAvailable { checksum.update(UnsafeRawBufferPointer($0)) }
    return checksum.value
  }
}
