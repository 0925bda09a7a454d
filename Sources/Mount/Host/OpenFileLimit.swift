// SPDX-License-Identifier: Apache-2.0

private import Glibc

/// How many files this process may have open.
enum OpenFileLimit {
  /// Makes it as large as the administrator allows: each file that waits for its upload is open, and 1,024, the usual limit for
  /// programs that never heard of poll(2) (setrlimit(2), systemd's LimitNOFILE), are soon written.
  static func raise() {
    var limit = rlimit()
    guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0, limit.rlim_cur < limit.rlim_max else {
      return
    }
    limit.rlim_cur = limit.rlim_max
    _ = setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
  }
}
