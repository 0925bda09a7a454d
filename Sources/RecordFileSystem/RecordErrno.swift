// SPDX-License-Identifier: Apache-2.0

import Records
import Storage
import VFS

/// The one table in which an error of records becomes an errno (docs/RECORDS-MOUNT.md, "Errors").
extension Errno {
  init(_ error: RecordError) {
    self =
      switch error.code {
      case .unknownModel, .recordNotFound, .pathNotAttached, .fileNotFound, .danglingReference: .ENOENT
      case .recordExists: .EEXIST
      case .pathInUse: .EBUSY
      case .unknownField, .readOnlyField, .missingField, .invalidValue, .invalidFilter, .notAnAttachment, .tooManyFiles,
        .invalidFileName, .pathNotAllowed:
        .EINVAL
      case .conditionFailed: .ESTALE
      case .tooManyConflicts: .EAGAIN
      case .unauthorized, .expiredAPIKey: .EACCES
      case .unavailable: .ETIMEDOUT
      case .canceled: .EINTR
      case .storage: error.storage.map(Errno.init(storage:)) ?? .EIO
      case .invalidSchema, .invalidToken, .rejected, .invalidResponse, .storeFailed, .journalFailed, .wrongBucket: .EIO
      }
  }

  /// As the same answer of the store is to a program that writes into the bucket.
  private init(storage error: StorageError) {
    self =
      switch (error.name, error.httpStatus) {
      case ("CanceledError", _): .EINTR
      case ("NoCredentials", _), ("NoIdentityId", _): .EACCES
      case ("NetworkError", _): .ETIMEDOUT
      case ("DiskIsFull", _): .ENOSPC
      case ("SourceChanged", _): .EAGAIN
      case ("ObjectIsTooLarge", _), ("EntityTooLarge", _): .EFBIG
      case ("KeyTooLongError", _), ("KeyTooLong", _), (_, 414): .ENAMETOOLONG
      case ("QuotaExceeded", _), ("XMinioStorageFull", _), ("InsufficientStorage", _), (_, 507): .EDQUOT
      case ("NoSuchBucket", _): .EIO
      case ("ExpiredToken", _), ("ExpiredTokenException", _), (_, 401), (_, 403): .EACCES
      case (_, 404): .ENOENT
      case (_, 412): .ESTALE
      default: .EIO
      }
  }
}
