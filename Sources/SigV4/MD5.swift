// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// MD5 (RFC 1321), for the Content-MD5 header that S3's DeleteObjects asks for. Guards nothing against an attacker.
package enum MD5 {
  /// The hash of `bytes` in base64 (RFC 1864); nil where the system forbids MD5.
  package static func base64(of bytes: [UInt8]) -> String? {
    guard let algorithm = LibCrypto.md5 else { return nil }
    var digest = [UInt8](repeating: 0, count: 16)
    guard EVP_Digest(bytes, bytes.count, &digest, nil, algorithm, nil) == 1 else { return nil }
    // 16 bytes make 24 characters, and EVP_EncodeBlock writes a NUL behind them.
    var text = [UInt8](repeating: 0, count: 25)
    let length = EVP_EncodeBlock(&text, digest, 16)
    return String(decoding: text.prefix(Int(length)), as: UTF8.self)
  }
}
