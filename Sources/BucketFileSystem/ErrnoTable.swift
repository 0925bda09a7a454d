// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import VFS
import WriteBackCache

/// The one table in which a rich error becomes an errno (docs/SEMANTICS.md, "Errors").
extension Errno {
  /// What a request was for, where the same answer means different things.
  enum Purpose {
    case lookup, read, create, overwrite, other
  }

  init(_ error: S3Error, for purpose: Purpose = .other) {
    self =
      switch (error.code, error.status) {
      case ("Cancelled", _): .EINTR
      case ("NoCredentials", _): .EACCES
      case ("LocalFile", _): .EIO
      case ("NoSuchBucket", _): .EIO
      case ("KeyTooLongError", _), ("KeyTooLong", _): .ENAMETOOLONG
      case (_, 400) where error.isAboutLongKey, (_, 414) where error.isAboutLongKey: .ENAMETOOLONG
      case ("EntityTooLarge", _): .EFBIG
      case ("QuotaExceeded", _), ("XMinioStorageFull", _), ("InsufficientStorage", _), (_, 507): .EDQUOT
      case ("InvalidObjectState", _): .EACCES
      case (_, 404): .ENOENT
      case (_, 401), (_, 403): .EACCES
      case _ where error.isAboutExpiredCredentials: .EACCES
      case (_, 412), ("ConditionalRequestConflict", _): purpose == .create ? .EEXIST : .ESTALE
      case (_, 0): Errno(transport: error)
      default: .EIO
      }
  }

  private init(transport error: S3Error) {
    self =
      switch error.transport?.kind {
      case .stalled, .timedOut, .cannotConnect, .unresolvedHost, .connectionLost: .ETIMEDOUT
      case .localDiskFull: .ENOSPC
      case .cancelled: .EINTR
      default: .EIO
      }
  }

  init(_ failure: WriteBackFailure, for purpose: Purpose = .overwrite) {
    self =
      switch failure {
      case .store(let error): Errno(error, for: purpose)
      case .local(let code, _): Errno(code)
      case .discarded, .released: .ESTALE
      case .interrupted: .EINTR
      }
  }
}

extension S3Error {
  /// Whether an answer without a code of its own is about the length of the key: a HEAD has no body that could say so.
  fileprivate var isAboutLongKey: Bool {
    let isPlain = code.isEmpty || ["BadRequest", "InvalidArgument", "InvalidURI", "\(status)"].contains(code)
    return isPlain && key.map { $0.string.utf8.count > ObjectKey.guaranteedLength } ?? false
  }
}
