// SPDX-License-Identifier: Apache-2.0

import TestSupport

extension StoreKind {
  /// Whether a directory's attributes survive in the bucket: SeaweedFS drops the metadata of keys that end in `/`.
  var keepsDirectoryAttributes: Bool { self == .ministack }

  /// Ends the server without a warning. ministack writes its state only when it is stopped in order.
  func kill(_ server: TestServer) async throws {
    try await BlockingWork.run { self == .seaweedFS ? try server.kill() : try server.stop() }
  }
}
