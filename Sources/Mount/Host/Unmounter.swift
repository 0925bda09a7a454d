// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What became of an unmount.
package enum UnmountResult: Equatable, Sendable {
  case done
  /// Files are open below the mount point, or somebody's working directory is there.
  case busy
  /// Nothing is mounted there any more.
  case notMounted
  case failed(String)
}

/// Takes mounts out of the tree: umount2(2) as root, fusermount3(1) for everybody else.
package enum Unmounter {
  /// Blocks while the kernel writes back what it holds, which the file system must go on serving meanwhile.
  ///
  /// - Parameter isLazy: detach now, end when the last user is gone (MNT_DETACH); never busy.
  package static func unmount(_ mountPoint: String, isLazy: Bool, isRoot: Bool) -> UnmountResult {
    isRoot ? asRoot(mountPoint, isLazy: isLazy) : asUser(mountPoint, isLazy: isLazy)
  }

  private static func asRoot(_ mountPoint: String, isLazy: Bool) -> UnmountResult {
    // UMOUNT_NOFOLLOW: a link put there meanwhile must not lead to another mount.
    let flags = Int32(UMOUNT_NOFOLLOW) | (isLazy ? Int32(MNT_DETACH) : 0)
    while umount2(mountPoint, flags) != 0 {
      switch errno {
      case EINTR: continue
      case EBUSY: return .busy
      case EINVAL, ENOENT: return .notMounted
      case let code: return .failed(String(cString: strerror(code)))
      }
    }
    return .done
  }

  private static func asUser(_ mountPoint: String, isLazy: Bool) -> UnmountResult {
    let arguments = ["fusermount3", "-u"] + (isLazy ? ["-z"] : []) + ["--", mountPoint]
    guard let outcome = ChildProcess.run(arguments) else {
      return .failed("fusermount3 cannot be started; install the package fuse3")
    }
    if outcome.exitCode == 0 { return .done }
    if outcome.errors.contains("busy") { return .busy }
    if outcome.errors.contains("not found") || outcome.errors.contains("Invalid argument") { return .notMounted }
    let line = outcome.errors.split(separator: "\n").last.map(String.init)
    return .failed(line ?? "fusermount3 ended with \(outcome.exitCode)")
  }
}
