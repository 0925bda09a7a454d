// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import S3Client
import Testing
import WriteBackCache

@Suite("What a failed upload may hope for") struct WriteBackFailureTests {
  /// A full disk passes: other uploads free room. What is wrong with the file itself does not.
  /// SEMANTICS: failed-close
  @Test(
    arguments: [
      (.connectionLost, true), (.localDiskFull, true), (.localFile, false), (.tls, false),
    ] as [(TransportError.Kind, Bool)])
  func ofTransport(_ kind: TransportError.Kind, _ isTransient: Bool) {
    let error = S3Error(
      code: "TransportError", message: "", operation: "GetObject", bucket: "b", key: ObjectKey("k"),
      transport: TransportError(kind, ""))
    #expect(WriteBackFailure.store(error).isTransient == isTransient)
  }

  /// SEMANTICS: failed-close
  @Test(
    arguments: [
      (403, "AccessDenied", false), (404, "NoSuchBucket", false), (412, "PreconditionFailed", false),
      (409, "ConditionalRequestConflict", false), (400, "EntityTooLarge", false), (400, "ExpiredToken", true),
      (400, "ExpiredTokenException", true), (403, "RequestExpired", true), (400, "TokenRefreshRequired", true),
      (429, "SlowDown", true), (500, "InternalError", true), (503, "SlowDown", true),
    ] as [(Int, String, Bool)])
  func ofAnswers(_ status: Int, _ code: String, _ isTransient: Bool) {
    let error = S3Error(
      code: code, message: "", status: status, operation: "PutObject", bucket: "b", key: ObjectKey("k"))
    #expect(WriteBackFailure.store(error).isTransient == isTransient)
  }

  @Test(arguments: [(ENOSPC, true), (EDQUOT, true), (EIO, false)] as [(Int32, Bool)])
  func ofTheDisk(_ code: Int32, _ isTransient: Bool) {
    #expect(WriteBackFailure.local(code: code, operation: "write").isTransient == isTransient)
  }
}
