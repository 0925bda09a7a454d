// SPDX-License-Identifier: Apache-2.0

import Locking

@testable import Transfer

extension ObjectDownload {
  /// The ranges, from 0, that a paused download would fetch if it went on now. The first one comes after all that were ever
  /// begun; so when those before it are in their place, nothing is under way, and nothing will be before ``resume()``.
  var rangesAfterPause: [Int] {
    var machine = state.withLock { $0.machine }
    return machine.handle(.resume).compactMap { if case .fetch(let range) = $0 { range } else { nil } }
  }

  /// Bytes that are in their place.
  var settledBytes: Int64 { state.withLock { $0.machine.doneBytes } }
}
