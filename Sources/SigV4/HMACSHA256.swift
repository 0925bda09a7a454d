// SPDX-License-Identifier: Apache-2.0

import COpenSSL

/// HMAC-SHA-256 (RFC 2104) with one key for many messages: the key is expanded once. One owner, one thread at a time.
package struct HMACSHA256: ~Copyable {
  private let context: OpaquePointer

  /// - Parameter key: not empty: libcrypto would take that for "the key from before".
  package init(key: [UInt8]) {
    guard let context = EVP_MAC_CTX_new(LibCrypto.hmac) else { preconditionFailure("out of memory") }
    self.context = context
    LibCrypto.check(HMACSHA256.withSHA256Parameters { EVP_MAC_init(context, key, key.count, $0) })
  }

  deinit { EVP_MAC_CTX_free(context) }

  /// The authentication code of `message`.
  package mutating func code(of message: UnsafeRawBufferPointer) -> Digest256 {
    LibCrypto.check(EVP_MAC_update(context, message.baseAddress, message.count))
    var code = Digest256(repeating: 0)
    var length = 0
    var span = code.mutableSpan
    let ended = span.withUnsafeMutableBufferPointer { EVP_MAC_final(context, $0.baseAddress, &length, $0.count) }
    LibCrypto.check(ended)
    LibCrypto.check(EVP_MAC_init(context, nil, 0, nil))
    return code
  }

  /// The parameters point to their names and texts, which therefore live as long as `body` runs: a String that is passed to
  /// `OSSL_PARAM_construct_utf8_string` itself would be freed when that returns.
  static func withSHA256Parameters<Result>(_ body: (UnsafePointer<OSSL_PARAM>) -> Result) -> Result {
    OSSL_MAC_PARAM_DIGEST.withCString { key in
      var name = Array("SHA256".utf8CString)
      return name.withUnsafeMutableBufferPointer { name in
        let parameters = [
          OSSL_PARAM_construct_utf8_string(key, name.baseAddress, 0), OSSL_PARAM_construct_end(),
        ]
        return parameters.withUnsafeBufferPointer { body($0.baseAddress!) }
      }
    }
  }
}
