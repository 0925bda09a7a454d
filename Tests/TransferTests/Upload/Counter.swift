// SPDX-License-Identifier: Apache-2.0

import Locking

/// Counts from any thread.
final class Counter: Sendable {
  private let count = Lock(0)

  var value: Int { count.withLock { $0 } }

  func increment() { count.withLock { $0 += 1 } }
}
