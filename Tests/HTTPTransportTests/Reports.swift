// SPDX-License-Identifier: Apache-2.0

import Locking

/// Numbers that callbacks report.
final class Reports: Sendable {
  private let values = Lock([Int64]())

  func add(_ value: Int64) { values.withLock { $0.append(value) } }
  var all: [Int64] { values.withLock { $0 } }
}
