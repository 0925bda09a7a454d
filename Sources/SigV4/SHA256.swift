// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that arrive in pieces. One owner, one thread at a time.
package struct SHA256: ~Copyable {
  private let context: OpaquePointer

  package init() {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("out of memory") }
    self.context = context
    LibCrypto.check(EVP_DigestInit_ex(context, LibCrypto.sha256, nil))
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes to what is hashed.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    LibCrypto.check(EVP_DigestUpdate(context, start, bytes.count))
  }

  /// The hash of everything added, as 64 lowercase hexadecimal digits; starts anew.
  package mutating func finishHex() -> String {
    var text = ByteText(capacity: 64)
    text.append(hex: finish())
    return text.string
  }

  /// The hash of everything added; starts anew.
  package mutating func finish() -> Digest256 {
    var digest = Digest256(repeating: 0)
    var span = digest.mutableSpan
    LibCrypto.check(span.withUnsafeMutableBufferPointer { EVP_DigestFinal_ex(context, $0.baseAddress, nil) })
    LibCrypto.check(EVP_DigestInit_ex(context, nil, nil))
    return digest
  }

  /// The hash of `bytes` as 64 lowercase hexadecimal digits.
  package static func hex(of bytes: [UInt8]) -> String {
    bytes.withUnsafeBytes { hex(of: $0) }
  }

  /// The hash of `bytes` as 64 lowercase hexadecimal digits.
  package static func hex(of bytes: UnsafeRawBufferPointer) -> String {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finishHex()
  }
}
