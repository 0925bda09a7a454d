// SPDX-License-Identifier: Apache-2.0

/// What a signature says of a request's body: the value of `x-amz-content-sha256`.
package enum PayloadHash: Sendable, Equatable {
  /// The body is not part of the signature (S3 over TLS, or with a checksum of its own).
  case unsigned
  /// There is no body.
  case empty
  /// The SHA-256 of the body in 64 lowercase hexadecimal digits.
  case sha256(String)

  /// Hashes a body.
  package static func of(_ bytes: [UInt8]) -> PayloadHash {
    bytes.isEmpty ? .empty : .sha256(SHA256.hex(of: bytes))
  }

  /// The literal that is sent and signed.
  package var headerValue: String {
    switch self {
    case .unsigned: "UNSIGNED-PAYLOAD"
    case .empty: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    case .sha256(let hex): hex
    }
  }
}
