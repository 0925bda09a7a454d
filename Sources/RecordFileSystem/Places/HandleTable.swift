// SPDX-License-Identifier: Apache-2.0

import Locking
import VFS

/// What is open, by the number that the kernel was given.
final class HandleTable<Value: AnyObject & Sendable>: Sendable {
  private struct State {
    var values: [UInt64: Value] = [:]
    var next: UInt64 = 1
  }

  private let state = Lock(State())

  func add(_ value: Value) -> HandleID {
    state.withLock { state in
      let id = state.next
      state.next += 1
      state.values[id] = value
      return HandleID(id)
    }
  }

  /// Throws EBADF for a number that is not open.
  func get(_ handle: HandleID) throws(Errno) -> Value {
    guard let value = state.withLock({ $0.values[handle.rawValue] }) else { throw .EBADF }
    return value
  }

  @discardableResult
  func remove(_ handle: HandleID) -> Value? { state.withLock { $0.values.removeValue(forKey: handle.rawValue) } }

  var count: Int { state.withLock { $0.values.count } }
}
