// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

/// `x-amz-checksum-crc32`: base64 of the four big-endian bytes (S3 User Guide, "Checking object integrity").
package enum ChecksumCRC32 {
  package static func encode(_ value: UInt32) -> String { Base64.encode(bytes(of: value)) }

  /// The checksum of a whole object or part; nil for anything else, such as the `…-3` of a composite one.
  package static func decode(_ text: String) -> UInt32? {
    guard let bytes = Base64.decode(text), bytes.count == 4 else { return nil }
    return bytes.reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// What an answer says of the object or part it is about.
  static func read(_ headers: HTTPHeaders) -> UInt32? { headers["x-amz-checksum-crc32"].flatMap(decode) }

  static func bytes(of value: UInt32) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) } }
}
