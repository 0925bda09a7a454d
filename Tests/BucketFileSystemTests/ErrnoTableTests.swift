// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import Testing
import VFS
import WriteBackCache

@testable import BucketFileSystem

/// The table of docs/SEMANTICS.md, "Errors".
@Suite("Errors become errno") struct ErrnoTableTests {
  private static func error(_ code: String, _ status: Int, _ transport: TransportError.Kind? = nil) -> S3Error {
    S3Error(
      code: code, message: "", status: status, operation: "GetObject", bucket: "b",
      transport: transport.map { TransportError($0, "") })
  }

  /// SEMANTICS: errno-not-found, errno-denied, errno-exclusive, errno-stale, errno-name-too-long, errno-too-large
  /// SEMANTICS: errno-quota, errno-else
  @Test(
    arguments: [
      ("NoSuchKey", 404, Errno.Purpose.read, Errno.ENOENT), ("NotFound", 404, .lookup, .ENOENT),
      ("NoSuchBucket", 404, .other, .EIO), ("AccessDenied", 403, .other, .EACCES), ("Forbidden", 403, .lookup, .EACCES),
      ("ExpiredToken", 400, .other, .EACCES), ("NoCredentials", 0, .other, .EACCES),
      ("PreconditionFailed", 412, .create, .EEXIST), ("ConditionalRequestConflict", 409, .create, .EEXIST),
      ("PreconditionFailed", 412, .overwrite, .ESTALE), ("PreconditionFailed", 412, .read, .ESTALE),
      ("KeyTooLongError", 400, .other, .ENAMETOOLONG), ("EntityTooLarge", 400, .other, .EFBIG),
      ("QuotaExceeded", 403, .other, .EDQUOT), ("InvalidObjectState", 403, .read, .EACCES),
      ("InternalError", 500, .other, .EIO), ("SlowDown", 503, .other, .EIO), ("Cancelled", 0, .read, .EINTR),
    ] as [(String, Int, Errno.Purpose, Errno)])
  func ofTheStore(code: String, status: Int, purpose: Errno.Purpose, errno: Errno) {
    #expect(Errno(Self.error(code, status), for: purpose) == errno)
  }

  /// SEMANTICS: errno-no-answer, errno-disk-full, errno-else
  @Test(
    arguments: [
      (TransportError.Kind.stalled, Errno.ETIMEDOUT), (.timedOut, .ETIMEDOUT), (.cannotConnect, .ETIMEDOUT),
      (.unresolvedHost, .ETIMEDOUT), (.connectionLost, .ETIMEDOUT), (.tls, .EIO), (.tooLarge, .EIO),
      (.cancelled, .EINTR), (.localFile, .EIO), (.localDiskFull, .ENOSPC),
    ] as [(TransportError.Kind, Errno)])
  func ofTheTransport(kind: TransportError.Kind, errno: Errno) {
    #expect(Errno(Self.error("TransportError", 0, kind)) == errno)
  }

  /// SEMANTICS: errno-disk-full
  @Test func ofTheLocalDisk() {
    #expect(Errno(WriteBackFailure.local(code: 28, operation: "write")) == .ENOSPC)
    #expect(Errno(WriteBackFailure.store(Self.error("PreconditionFailed", 412)), for: .create) == .EEXIST)
  }
}
