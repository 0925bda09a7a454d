// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Time, waiting and chance, so that tests can have their own.
package struct S3Clock: Sendable {
  /// Seconds since 1970.
  package var now: @Sendable () -> Int64
  /// Seconds on a clock that never jumps and stands still while the machine sleeps: how long something was tried.
  package var uptime: @Sendable () -> Double
  /// Seconds on a clock that never jumps and goes on while the machine sleeps: how long ago something was, for the store too.
  package var stopwatch: @Sendable () -> Double
  /// Waits so many seconds; throws when the task is cancelled.
  package var sleep: @Sendable (Double) async throws(CancellationError) -> Void
  /// A number from 0 to 1.
  package var random: @Sendable () -> Double

  /// - Parameter stopwatch: without one, `uptime`.
  package init(
    now: @escaping @Sendable () -> Int64, uptime: @escaping @Sendable () -> Double,
    stopwatch: (@Sendable () -> Double)? = nil,
    sleep: @escaping @Sendable (Double) async throws(CancellationError) -> Void,
    random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.uptime = uptime
    self.stopwatch = stopwatch ?? uptime
    self.sleep = sleep
    self.random = random
  }

  package static let system = S3Clock(
    now: { Int64(time(nil)) },
    uptime: { seconds(CLOCK_MONOTONIC) }, stopwatch: { seconds(CLOCK_BOOTTIME) },
    sleep: { (seconds) throws(CancellationError) in
      do { try await Task.sleep(for: .seconds(seconds)) } catch { throw CancellationError() }
    },
    random: { Double.random(in: 0...1) })

  private static func seconds(_ clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
