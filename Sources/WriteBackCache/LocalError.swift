// SPDX-License-Identifier: Apache-2.0

private import Glibc

enum LocalError {
  /// The text of `strerror(3)`.
  static func text(_ code: Int32) -> String { String(cString: strerror(code)) }

  /// What a person can do about a failure on the cache's disk.
  static func remedy(_ code: Int32) -> String {
    switch code {
    case ENOSPC: "free some space on its disk"
    case EDQUOT: "free some space or raise the quota"
    case EROFS: "make its file system writable"
    case EACCES, EPERM: "give pail's user the permission"
    case EMFILE, ENFILE: "raise the limit of open files"
    case ENOMEM: "free some memory"
    default: "look into the kernel's log for errors of its disk"
    }
  }
}
