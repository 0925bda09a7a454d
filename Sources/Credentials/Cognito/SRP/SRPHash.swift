// SPDX-License-Identifier: Apache-2.0

import SigV4

/// SHA-256 and HMAC-SHA-256 of short byte strings.
enum SRPHash {
  static func digest(_ parts: [UInt8]...) -> [UInt8] {
    var hash = SHA256()
    for part in parts { part.withUnsafeBytes { hash.update($0) } }
    return bytes(hash.finish())
  }

  /// The secret is read where it is, not copied.
  static func digest(_ prefix: [UInt8], secret: Secret) -> [UInt8] {
    var hash = SHA256()
    prefix.withUnsafeBytes { hash.update($0) }
    secret.withBytes { hash.update($0) }
    return bytes(hash.finish())
  }

  /// - Parameter key: not empty.
  static func code(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
    var code = HMACSHA256(key: key)
    return bytes(message.withUnsafeBytes { code.code(of: $0) })
  }

  private static func bytes(_ digest: Digest256) -> [UInt8] { digest.indices.map { digest[$0] } }
}
