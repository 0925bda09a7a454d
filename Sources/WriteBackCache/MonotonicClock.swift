// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// Time that never jumps, for delays.
enum MonotonicClock {
  /// Seconds since some fixed moment.
  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
