// SPDX-License-Identifier: Apache-2.0

import Locking

/// The way from a command, which runs on the main thread, into asynchronous work. Not `AsyncParsableCommand`: `pail mount` must
/// have the main thread to itself, and fork before there is any other.
enum AsyncRun {
  /// Blocks until `body` has ended.
  static func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) throws -> Value {
    let slot = Lock<Result<Value, any Error>?>(nil)
    Task.detached {
      let result: Result<Value, any Error>
      do {
        result = .success(try await body())
      } catch {
        result = .failure(error)
      }
      slot.withLockAndNotify { $0 = result }
    }
    return try slot.waitForever { $0 }.get()
  }
}
