// SPDX-License-Identifier: Apache-2.0

import CFUSE

/// Which of the kernel's optional behaviours are used (`FUSE_CAP_*` of fuse_common.h).
enum KernelCapabilities {
  /// - Asynchronous reads, parallel lookups in one directory: the file system is called concurrently.
  /// - O_TRUNC comes with open instead of as a setattr before it, so that opening and truncating are one decision.
  /// - A change of mtime or size that `getattr` reports drops the file's cached pages.
  /// - readdir brings attributes along when the program seems to want them.
  private static let wanted =
    FUSE_CAP_ASYNC_READ | FUSE_CAP_PARALLEL_DIROPS | FUSE_CAP_ATOMIC_O_TRUNC
    | FUSE_CAP_AUTO_INVAL_DATA | FUSE_CAP_READDIRPLUS | FUSE_CAP_READDIRPLUS_AUTO

  /// - Splice costs more CPU than it saves (docs/ARCHITECTURE.md).
  /// - With ASYNC_DIO the kernel waits for each read and write with O_DIRECT so that no signal, not even SIGKILL, ends it.
  /// - With the write-back cache the kernel would own size and mtime.
  /// - HANDLE_KILLPRIV would leave clearing set-user-ID bits on write to the file system; the kernel does it with a setattr.
  /// - ACLs, NFS export, `.` and `..` lookups: not supported. Locks stay in the kernel, local to the machine.
  private static let refused =
    FUSE_CAP_SPLICE_READ | FUSE_CAP_SPLICE_WRITE | FUSE_CAP_SPLICE_MOVE | FUSE_CAP_WRITEBACK_CACHE
    | FUSE_CAP_ASYNC_DIO | FUSE_CAP_HANDLE_KILLPRIV | FUSE_CAP_POSIX_ACL | FUSE_CAP_EXPORT_SUPPORT
    | FUSE_CAP_POSIX_LOCKS
    | FUSE_CAP_FLOCK_LOCKS

  /// The value of `fuse_conn_info.want`.
  static func wanted(of capable: UInt32, default: UInt32) -> UInt32 {
    (`default` | (UInt32(wanted) & capable)) & ~UInt32(refused)
  }
}
