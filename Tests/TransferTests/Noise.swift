// SPDX-License-Identifier: Apache-2.0

import Transfer

/// Bytes without a pattern that a wrong offset could hide in.
enum Noise {
  static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] { UploadFixture.bytes(count, seed: seed) }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var checksum = CRC32()
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.value
  }
}
