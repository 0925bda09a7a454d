// SPDX-License-Identifier: Apache-2.0

/// ministack: an AWS emulator in one process (S3, IAM, STS, Cognito, AppSync). Starts in about a second.
///
/// Flat key space in UTF-8 order, real marker objects; the credentials are those of an IAM user with every permission,
/// and their signatures are verified. Refuses FULL_OBJECT checksums in CompleteMultipartUpload with BadDigest.
package enum Ministack {
  private static let common = Result { try start() }

  /// The server that all tests of this process share; started by the first who asks. Use a bucket of your own, and do
  /// not stop it.
  package static func shared() throws -> TestServer { try common.get() }

  /// Starts a server of the caller's own, for tests that stop, kill or pause it.
  package static func start() throws -> TestServer { try TestServer(kind: "ministack") }
}
