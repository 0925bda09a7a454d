// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// The real servers that every promise is tested on.
enum Store: String, CaseIterable, CustomTestStringConvertible {
  case seaweedFS
  case ministack

  var testDescription: String { rawValue }

  /// The server that all tests share.
  func shared() async throws -> TestServer {
    try await BlockingWork.run {
      switch self {
      case .seaweedFS: try SeaweedFS.shared()
      case .ministack: try Ministack.shared()
      }
    }
  }

  /// A server of the caller's own, to be stopped, killed or paused.
  func start() async throws -> TestServer {
    try await BlockingWork.run {
      switch self {
      case .seaweedFS: try SeaweedFS.start()
      case .ministack: try Ministack.start()
      }
    }
  }

  /// Whether a directory's attributes survive in the bucket: SeaweedFS drops the metadata of keys that end in `/`.
  var keepsDirectoryAttributes: Bool { self == .ministack }

  /// Ends the server without a warning. ministack writes its state only when it is stopped in order.
  func kill(_ server: TestServer) async throws {
    try await BlockingWork.run { self == .seaweedFS ? try server.kill() : try server.stop() }
  }
}
