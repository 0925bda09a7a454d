// SPDX-License-Identifier: Apache-2.0
//
// Threads for what blocks here: reading configuration files and waiting for a credential process. The cooperative pool has
// as many threads as there are cores; one blocked in waitpid would stall unrelated tasks. Rare work, a few at a time.

import Dispatch

enum BlockingWork {
  private static let queue = DispatchQueue(label: "pail.credentials", attributes: .concurrent)

  /// Runs `body` on a thread that may block. Cancellation does not reach it: `body` has time limits of its own.
  static func run<Result: Sendable>(_ body: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in queue.async { continuation.resume(returning: body()) } }
  }
}
