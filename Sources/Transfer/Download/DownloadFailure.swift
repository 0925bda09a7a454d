// SPDX-License-Identifier: Apache-2.0

package import S3Client

/// Why a download did not bring the object.
package enum DownloadFailure: Error, Sendable {
  case store(S3Error)
  /// Somebody asked for it.
  case canceled
  /// Somebody replaced the object meanwhile; no mixture of two versions was made.
  case changed(ObjectKey)
  /// What came is not what the store has the checksum of.
  case checksumMismatch(ObjectKey, expected: UInt32, counted: UInt32)
  /// There is a file, and it is not to be replaced.
  case exists(path: String)
  /// Another download, of this process or another, writes the file.
  case busy(path: String)
  case diskFull(path: String)
  /// The file cannot be made or written.
  case destination(path: String, reason: String)
  /// More than the memory that was allowed; both in bytes.
  case tooLarge(size: Int64, limit: Int64)
}

extension DownloadFailure {
  /// Whether the next download of the same may go on with what this one has got.
  var keepsPartial: Bool {
    switch self {
    case .store(let error): !error.isNotFound
    case .diskFull, .destination: true
    case .canceled, .changed, .checksumMismatch, .exists, .busy, .tooLarge: false
    }
  }
}

extension DownloadFailure: CustomStringConvertible {
  /// One line: what happened, and what helps.
  package var description: String {
    switch self {
    case .store(let error): "\(error)"
    case .canceled: "the download was cancelled"
    case .changed(let key): "\(key) was replaced in the bucket during the download: download it again"
    case .checksumMismatch(let key, let expected, let counted):
      "\(key) arrived damaged: its CRC-32 is \(String(counted, radix: 16)), the store says \(String(expected, radix: 16));"
        + " download it again"
    case .exists(let path): "\(path) exists already: choose another name, or allow it to be replaced"
    case .busy(let path): "\(path) is being downloaded by somebody else: wait for it to end"
    case .diskFull(let path): "\(path): no space left; free some, and download again to go on"
    case .destination(let path, let reason): "\(path): \(reason)"
    case .tooLarge(let size, let limit):
      "the object has \(size) bytes, more than the limit of \(limit): download it to a file"
    }
  }
}
