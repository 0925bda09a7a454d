// SPDX-License-Identifier: Apache-2.0

import Locking

@testable import Transfer

extension ObjectUpload {
  /// The parts that a paused upload would send if it went on now. The first one comes after all that were ever begun; so when
  /// the store has those before it, nothing is under way, and nothing will be before ``resume()``.
  var partsAfterPause: [Int] {
    var machine = state.withLock { $0.machine }
    return machine.handle(.resume).compactMap { if case .send(let part, _) = $0 { part } else { nil } }
  }

  /// Bytes that the store has, and that were reported.
  var settledBytes: Int64 { min(state.withLock { $0.machine.sentBytes }, progress.transferred) }

  /// Nobody reads on from the source until one of its parts is sent.
  var sourceWaits: Bool { state.withLock { $0.roomWaiter != nil } }
}
