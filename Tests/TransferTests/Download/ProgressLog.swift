// SPDX-License-Identifier: Apache-2.0

import Locking
import Transfer

/// What a download told of itself.
final class ProgressLog: Sendable {
  private let entries = Lock<[ByteProgress]>([])

  func note(_ progress: ByteProgress) { entries.withLock { $0.append(progress) } }

  var all: [ByteProgress] { entries.withLock { $0 } }

  /// Every entry has more bytes than the one before, or told the total.
  var isMonotonic: Bool {
    let all = all
    return zip(all, all.dropFirst()).allSatisfy {
      $0.transferred < $1.transferred || $0.total == nil && $1.total != nil
    }
  }
}
