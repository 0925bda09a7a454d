// SPDX-License-Identifier: Apache-2.0

import Locking

/// Collects what callbacks tell.
final class Recorder<Value: Sendable>: Sendable {
  private let list = Lock<[Value]>([])

  var values: [Value] { list.withLock { $0 } }

  func note(_ value: Value) { list.withLock { $0.append(value) } }
}
