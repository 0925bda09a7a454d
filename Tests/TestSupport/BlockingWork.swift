// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking

/// Work that blocks, on a thread of its own: the cooperative pool has as few threads as the machine has cores, and a test
/// that blocks them all waits for itself.
package enum BlockingWork {
  /// Runs `body` on a new thread and returns what it returns.
  package static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
      start { continuation.resume(with: Result { try body() }) }
    }
  }

  /// Work that was started and has a result one day.
  package struct Started<Value: Sendable>: Sendable {
    fileprivate let result = Lock<Value?>(nil)

    /// Blocks until the work is done.
    package func join() -> Value {
      while true {
        if let value = result.wait(until: { $0 }) { return value }
      }
    }

    /// Blocks until the work is done, or `timeout` seconds; nil when it is not done then.
    package func join(timeout: Double) -> Value? { result.wait(timeout: timeout) { $0 } }

    /// Waits for the work on a thread of its own.
    package func value() async throws -> Value { try await BlockingWork.run { join() } }

    package var isDone: Bool { result.withLock { $0 != nil } }
  }

  /// Runs `body` on a new thread meanwhile.
  package static func startJoinable<Value: Sendable>(_ body: @escaping @Sendable () -> Value) -> Started<Value> {
    let started = Started<Value>()
    start {
      let value = body()
      started.result.withLockAndNotify { $0 = value }
    }
    return started
  }

  private final class Entry {
    let body: () -> Void

    init(_ body: @escaping () -> Void) { self.body = body }
  }

  private static func start(_ body: @escaping @Sendable () -> Void) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    var thread = pthread_t()
    let entry = Unmanaged.passRetained(Entry(body))
    let code = pthread_create(&thread, &attributes, runEntry, entry.toOpaque())
    // Nothing in a test can go on without its thread.
    precondition(code == 0, "pthread_create: \(String(cString: strerror(code)))")
  }

  private static let runEntry: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
    if let argument { Unmanaged<Entry>.fromOpaque(argument).takeRetainedValue().body() }
    return nil
  }
}
