// SPDX-License-Identifier: Apache-2.0

import Locking

/// Waits on a plain thread for asynchronous work. Never call it on the cooperative pool.
enum BlockingBridge {
  /// Runs `operation` in a task of its own; after `timeout` seconds cancels it and returns nil without waiting further.
  static func wait<Value: Sendable>(
    timeout: Double, _ operation: @escaping @Sendable () async -> Value
  ) -> Value? {
    let result = Lock<Value?>(nil)
    let task = Task.detached {
      let value = await operation()
      result.withLockAndNotify { $0 = value }
    }
    let value = result.wait(timeout: timeout) { $0 }
    if value == nil { task.cancel() }
    return value
  }
}
