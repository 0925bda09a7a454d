// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A mount whose daemon is gone: every access gives ENOTCONN, "Transport endpoint is not connected".
enum DeadMount {
  /// Whether `path` is one.
  static func isDead(_ path: String) -> Bool {
    // Not stat(2), which the kernel may answer from what it remembers, as long as `metadata-ttl` says.
    var status = statvfs()
    return statvfs(path, &status) != 0 && (errno == ENOTCONN || errno == ECONNABORTED)
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
