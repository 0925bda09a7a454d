// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Time that never jumps.
enum MonotonicClock {
  /// Seconds since some moment before this process.
  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
