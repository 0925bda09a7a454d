// SPDX-License-Identifier: Apache-2.0

package import S3Client

/// Why an upload did not make an object.
package enum UploadFailure: Error, Sendable {
  case store(S3Error)
  /// Somebody asked for it.
  case canceled
  /// The file is not what it was when the upload began; no object was made of the mixture.
  case sourceChanged(path: String)
  /// The bytes cannot be read.
  case source(String)
  /// More than S3 takes; in bytes, nil when that many were not counted.
  case tooLarge(Int64?)
  /// A condition that must not be passed over: the store cannot keep checksums.
  case checksumUnsupported
}
