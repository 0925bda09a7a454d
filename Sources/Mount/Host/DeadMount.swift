// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A mount whose daemon is gone: every access gives ENOTCONN, "Transport endpoint is not connected"; ECONNABORTED if it went while
/// it was asked.
enum DeadMount {
  /// Whether `path` is one.
  ///
  /// Asks with statvfs(3), which always reaches the daemon: for some time the kernel answers stat(2) from its cache.
  static func isDead(_ path: String) -> Bool {
    var statistics = statvfs()
    return statvfs(path, &statistics) != 0 && (errno == ENOTCONN || errno == ECONNABORTED)
  }

  /// Takes dead mounts of Pail, and of nobody else, out of the tree. True when something was detached.
  @discardableResult
  static func detach(_ mountPoint: String, isRoot: Bool) -> Bool {
    var count = 0
    // Several may lie on top of each other; a bound keeps a mount that comes back from holding us.
    while count < 16, MountTable.top(at: mountPoint)?.isPail == true, isDead(mountPoint) {
      guard Unmounter.unmount(mountPoint, isLazy: true, isRoot: isRoot) == .done else { break }
      count += 1
    }
    return count > 0
  }
}
