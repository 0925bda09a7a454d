// SPDX-License-Identifier: Apache-2.0

/// SeaweedFS: a real distributed object store in one process. Starts in about a second.
///
/// Not a flat key space: listings come in per-directory order, `//`, `.` and `..` in keys are refused, and metadata of
/// keys that end in `/` is dropped.
package enum SeaweedFS {
  private static let common = Result { try start() }

  /// The server that all tests of this process share; started by the first who asks. Use a bucket of your own, and do
  /// not stop it.
  package static func shared() throws -> TestServer { try common.get() }

  /// Starts a server of the caller's own, for tests that stop, kill or pause it.
  package static func start() throws -> TestServer { try TestServer(kind: "seaweedfs") }
}
