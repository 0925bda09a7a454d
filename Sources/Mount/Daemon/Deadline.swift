// SPDX-License-Identifier: Apache-2.0

import Locking

/// Asynchronous work that a plain thread waits for, but not for ever. Never call it on the cooperative pool.
enum Deadline {
  /// Runs `operation` in a task of its own; after `seconds` cancels it and returns nil, whether or not it heeds that.
  static func run<Value: Sendable>(
    seconds: Double, _ operation: @escaping @Sendable () async -> Value
  ) -> Value? {
    let result = Lock<Value?>(nil)
    let task = Task.detached {
      let value = await operation()
      result.withLockAndNotify { $0 = value }
    }
    let value = result.wait(timeout: seconds) { $0 }
    if value == nil { task.cancel() }
    return value
  }
}
