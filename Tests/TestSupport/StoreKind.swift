// SPDX-License-Identifier: Apache-2.0

import Testing

/// The real servers that everything is tested on; an argument of tests.
package enum StoreKind: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case seaweedFS
  case ministack

  package var testDescription: String { rawValue }

  /// The server that all tests of this process share. Use a bucket of your own, and do not stop it. Blocks while it starts.
  package func shared() throws -> TestServer {
    switch self {
    case .seaweedFS: try SeaweedFS.shared()
    case .ministack: try Ministack.shared()
    }
  }

  /// ``shared()`` for tasks, which must not block.
  package func shared() async throws -> TestServer { try await BlockingWork.run { try shared() } }

  /// A server of the caller's own, to be stopped, killed or paused. Blocks while it starts.
  package func start() throws -> TestServer {
    switch self {
    case .seaweedFS: try SeaweedFS.start()
    case .ministack: try Ministack.start()
    }
  }

  /// ``start()`` for tasks, which must not block.
  package func start() async throws -> TestServer { try await BlockingWork.run { try start() } }
}
