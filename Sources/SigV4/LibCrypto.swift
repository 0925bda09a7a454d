// SPDX-License-Identifier: Apache-2.0
//
// The algorithms of libcrypto, fetched once: OpenSSL 3 otherwise looks them up by name on each use, which costs more than
// the hash of a short text (openssl crypto(7), "Performance"). State: three pointers that live as long as the process.
// Any thread may use them. A missing SHA-256 or HMAC means a broken installation of OpenSSL, which nothing can remedy at
// run time; MD5 may be missing by policy (FIPS), so it is optional.

import COpenSSL

enum LibCrypto {
  // SAFETY: fetched algorithms are immutable and reference-counted with atomics; OpenSSL documents their use from many
  // threads. The references are never freed.
  nonisolated(unsafe) static let sha256: OpaquePointer = required(EVP_MD_fetch(nil, "SHA256", nil), "SHA-256")
  // SAFETY: as above.
  nonisolated(unsafe) static let hmac: OpaquePointer = required(EVP_MAC_fetch(nil, "HMAC", nil), "HMAC")
  // SAFETY: as above.
  nonisolated(unsafe) static let md5: OpaquePointer? = EVP_MD_fetch(nil, "MD5", nil)

  private static func required(_ algorithm: OpaquePointer?, _ name: String) -> OpaquePointer {
    guard let algorithm else { preconditionFailure("libcrypto offers no \(name)") }
    return algorithm
  }

  /// Stops on a failure that only exhausted memory can cause: going on would send a wrong signature.
  static func check(_ result: Int32) { precondition(result == 1, "libcrypto failed") }
}
