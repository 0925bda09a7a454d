// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Time, waiting and chance, so that tests can have their own.
package struct AppSyncClock: Sendable {
  /// Seconds since 1970.
  package var now: @Sendable () -> Int64
  /// Seconds on a clock that never jumps: how long something was tried.
  package var uptime: @Sendable () -> Double
  /// Waits so many seconds; throws when the task is cancelled.
  package var sleep: @Sendable (Double) async throws(CancellationError) -> Void
  /// A number from 0 to 1.
  package var random: @Sendable () -> Double

  package init(
    now: @escaping @Sendable () -> Int64, uptime: @escaping @Sendable () -> Double,
    sleep: @escaping @Sendable (Double) async throws(CancellationError) -> Void,
    random: @escaping @Sendable () -> Double
  ) {
    self.now = now
    self.uptime = uptime
    self.sleep = sleep
    self.random = random
  }

  package static let system = AppSyncClock(
    now: { Int64(time(nil)) },
    uptime: {
      var time = timespec()
      clock_gettime(CLOCK_MONOTONIC, &time)
      return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    },
    sleep: { (seconds) throws(CancellationError) in
      do { try await Task.sleep(for: .seconds(seconds)) } catch { throw CancellationError() }
    },
    random: { Double.random(in: 0...1) })
}
