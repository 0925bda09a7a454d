// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
private import Glibc
package import S3Client

/// Why a file could not be changed or brought to the bucket. The bytes are still in the cache.
package enum WriteBackFailure: Error, Sendable {
  /// The store refused or did not answer.
  case store(S3Error)
  /// A system call on the local copy failed with this errno.
  case local(code: Int32, operation: String)
  /// The file was removed while it was being uploaded.
  case discarded
  /// The local copy was given up before this change came: the bucket has all that was acknowledged.
  case released
  /// The program that waits was told to stop. Nothing was done, or what was begun goes on.
  case interrupted

  /// Whether trying again by itself may help. A refusal that only a person can mend is not repeated.
  package var isTransient: Bool {
    switch self {
    // Other uploads free room, or somebody else does.
    case .local(let code, _): return code == ENOSPC || code == EDQUOT
    case .discarded, .released, .interrupted: return false
    case .store(let error):
      // Bytes that were to be fetched found no room, which passes as above.
      if let transport = error.transport { return transport.isTransient || transport.kind == .localDiskFull }
      if error.isConditionFailure { return false }
      // Others are on their way, or come with the next sign-in.
      if error.isAboutExpiredCredentials { return true }
      switch error.code {
      case "NoCredentials", "RequestTimeout", "SlowDown", "InvalidResponse": return true
      default: return error.status == 0 || error.status == 408 || error.status == 429 || error.status >= 500
      }
    }
  }

  /// Whether the bucket may have what could not be told to be there.
  var mayHaveTakenEffect: Bool { if case .store(let error) = self { error.mayHaveTakenEffect } else { false } }

  /// The store says that the object which a write was to replace does not exist.
  var isMissingObject: Bool { if case .store(let error) = self { error.code == "NoSuchKey" } else { false } }

  /// The store has refused the condition of a write.
  var isRefusal: Bool {
    if case .store(let error) = self { error.isConditionFailure || error.code == "NoSuchKey" } else { false }
  }

  /// Somebody else changed or made the object.
  package var isConflict: Bool {
    if case .store(let error) = self { error.isConditionFailure } else { false }
  }
}

extension WriteBackFailure: CustomStringConvertible {
  package var description: String {
    switch self {
    case .store(let error): error.description
    case .local(let code, let operation):
      "\(operation) in the cache directory: \(LocalError.text(code)); \(LocalError.remedy(code))"
    case .discarded: "the file was removed"
    case .released: "the file was given up after its upload; open it again"
    case .interrupted: "the program was told to stop"
    }
  }
}
