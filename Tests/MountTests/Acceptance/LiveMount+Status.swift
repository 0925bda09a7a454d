// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension LiveMount {
  /// What `pail status --json` prints, by the names that other programs rely on.
  struct Status: Decodable {
    struct Pending: Decodable {
      let key: String
      let size: Int64
      let state: String
      let attempts: Int
      let reason: String?
      let data_file: String
    }

    let pid: Int32
    let state: String
    let requests: [String: Int]
    let pending: [Pending]
    let pending_count: Int
    let pending_bytes: Int64

    func count(_ operation: String) -> Int { requests[operation] ?? 0 }
  }

  func status(sourceLocation: SourceLocation = #_sourceLocation) async throws -> Status {
    let outcome = try await pail(["status", path, "--json"])
    try #require(outcome.status == 0, "pail status: \(outcome.error) \(logTail)", sourceLocation: sourceLocation)
    return try JSONDecoder().decode(Status.self, from: Data(outcome.output.utf8))
  }

  /// How often `operation` was sent to the store so far.
  func requests(_ operation: String) async throws -> Int { try await status().count(operation) }

  /// Waits until the bucket has everything.
  func expectDrained(
    within seconds: Double = 30, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws {
    var pending: [Status.Pending] = []
    try await eventually(
      within: .seconds(seconds), "the bucket has everything, pending: \(pending) \(logTail)",
      fileID: sourceLocation.fileID, line: sourceLocation.line
    ) {
      let status = try await status(sourceLocation: sourceLocation)
      pending = status.pending
      return status.pending_count == 0
    }
  }
}
