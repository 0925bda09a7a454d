// SPDX-License-Identifier: Apache-2.0

import Glibc
import VFS

/// Takes a live mount out of the directory tree, as umount(8) and fusermount3(1) do.
enum Detaching {
  /// Does nothing when nothing is mounted there. Throws what umount2(2) throws; for users other than root EBUSY when fusermount3 failed.
  ///
  /// - Parameter whenBusy: take it away from the tree although it is in use; it ends with its last user.
  static func unmount(_ mountPoint: String, whenBusy: Bool) throws(Errno) {
    if geteuid() == 0 {
      let flags = Int32(UMOUNT_NOFOLLOW) | (whenBusy ? Int32(MNT_DETACH) : 0)
      // EINVAL: it is no mount point any more.
      if umount2(mountPoint, flags) != 0, errno != EINVAL { throw .current }
      return
    }
    let status = try spawn(["fusermount3", whenBusy ? "-uzq" : "-uq", "--", mountPoint])
    if status != 0 { throw .EBUSY }
  }

  /// True when the process behind the FUSE mount at `mountPoint` is gone, or its connection was aborted.
  static func isDead(_ mountPoint: String) -> Bool {
    // stat(2) could be answered from the kernel's cache.
    var status = statvfs()
    return statvfs(mountPoint, &status) != 0 && (errno == ENOTCONN || errno == ECONNABORTED)
  }

  /// Takes away what an aborted connection leaves: a mount at which every call fails with ENOTCONN.
  static func removeDeadMount(at mountPoint: String) {
    guard MountTable.current().mount(at: mountPoint)?.isFUSE == true, isDead(mountPoint) else { return }
    try? unmount(mountPoint, whenBusy: true)
  }

  private static func spawn(_ arguments: [String]) throws(Errno) -> Int32 {
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var child = pid_t()
    let code = posix_spawnp(&child, arguments[0], nil, nil, &pointers, environ)
    guard code == 0 else { throw Errno(code) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 { if errno != EINTR { throw .current } }
    return status
  }
}
