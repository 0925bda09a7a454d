// SPDX-License-Identifier: Apache-2.0

import Locking

/// Holds threads back until a number of them have come.
final class Gate: Sendable {
  private let missing: Lock<Int>

  init(_ count: Int) { missing = Lock(count) }

  func arriveAndWait() {
    missing.withLockAndNotify { $0 -= 1 }
    _ = missing.wait(timeout: 20) { $0 <= 0 ? () : nil }
  }
}
