// SPDX-License-Identifier: Apache-2.0

import Locking

/// A clock that stands still until it is moved, from 2026-11-21T10:00:00Z.
final class TestClock: Sendable {
  private let state = Lock<Int64>(1_795_255_200)

  var seconds: Int64 { state.withLock { $0 } }

  func advance(_ seconds: Int64) { state.withLock { $0 += seconds } }
}
