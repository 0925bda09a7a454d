// SPDX-License-Identifier: Apache-2.0

/// What the store keeps as the checksum of an object that was uploaded in parts (S3 User Guide, "Checking object integrity").
package enum MultipartChecksums: String, Sendable {
  /// None; its parts carry none either.
  case none = "NONE"
  /// The CRC-32 of the CRC-32s of the parts: says nothing to somebody who does not know the parts.
  case composite = "COMPOSITE"
  /// The CRC-32 of all bytes, as of an object that was put in one request.
  case fullObject = "FULL_OBJECT"
}
