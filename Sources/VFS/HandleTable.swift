// SPDX-License-Identifier: Apache-2.0

private import Locking

/// What is open in a file system, by the number that the kernel was given.
package final class HandleTable<Value: AnyObject & Sendable>: Sendable {
  private struct State {
    var values: [UInt64: Value] = [:]
    var next: UInt64 = 1
  }

  private let state = Lock(State())

  package init() {}

  package func add(_ value: Value) -> HandleID {
    state.withLock { state in
      let id = state.next
      state.next += 1
      state.values[id] = value
      return HandleID(id)
    }
  }

  /// Throws EBADF for a number that is not open.
  package func get(_ handle: HandleID) throws(Errno) -> Value {
    guard let value = state.withLock({ $0.values[handle.rawValue] }) else { throw .EBADF }
    return value
  }

  package var count: Int { state.withLock { $0.values.count } }

  @discardableResult
  package func remove(_ handle: HandleID) -> Value? {
    state.withLock { $0.values.removeValue(forKey: handle.rawValue) }
  }
}
