// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Transfer

extension Noise {
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var checksum = CRC32()
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.value
  }
}
