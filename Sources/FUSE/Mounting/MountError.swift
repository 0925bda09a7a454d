// SPDX-License-Identifier: Apache-2.0

/// Why a file system could not be mounted: `description` is one line with the cause and what to do.
package enum MountError: Error, Equatable {
  /// /dev/fuse does not exist.
  case deviceMissing
  /// /dev/fuse cannot be opened by this user.
  case deviceForbidden
  /// fusermount3, which mounts for users other than root, is not installed.
  case helperMissing
  /// `allow_other` or `allow_root` without root, and `user_allow_other` is not in /etc/fuse.conf.
  case allowOtherForbidden(option: String)
  case mountPointMissing(String)
  case notADirectory(String)
  case notEmpty(String)
  /// A FUSE file system is mounted there whose process has died ("Transport endpoint is not connected").
  case deadMount(String)
  /// A FUSE file system is mounted there and lives.
  case alreadyMounted(String, source: String)
  /// The user may not mount on the directory, or not look at it.
  case permissionDenied(String)
  /// libfuse does not know an option, or refuses a value.
  case invalidOptions(String)
  /// Anything else, in libfuse's words.
  case failed(String, cause: String)
}

extension MountError: CustomStringConvertible {
  package var description: String {
    switch self {
    case .deviceMissing:
      "/dev/fuse does not exist: load the kernel module with 'modprobe fuse', or give the container --device /dev/fuse"
    case .deviceForbidden:
      "no permission to open /dev/fuse: run 'chmod 666 /dev/fuse' as root, or give the container --cap-add SYS_ADMIN"
    case .helperMissing:
      "fusermount3 is not installed, which users other than root need: install the package fuse3"
    case .allowOtherForbidden(let option):
      "the option \(option) needs the line 'user_allow_other' in /etc/fuse.conf: add it, or mount as root"
    case .mountPointMissing(let path):
      "the mount point \(path) does not exist: create it with 'mkdir -p \(path)'"
    case .notADirectory(let path):
      "the mount point \(path) is not a directory: choose a directory"
    case .notEmpty(let path):
      "the mount point \(path) is not empty: choose an empty directory, or hide its content with -o nonempty"
    case .deadMount(let path):
      "a dead mount is left at \(path) (Transport endpoint is not connected): remove it with 'fusermount3 -uz \(path)'"
    case .alreadyMounted(let path, let source):
      "\(source) is already mounted at \(path): unmount it with 'fusermount3 -u \(path)', or choose another directory"
    case .permissionDenied(let path):
      "no permission to mount on \(path): choose a directory that you own and may write to"
    case .invalidOptions(let cause):
      "the mount options are not valid: \(cause); see mount.fuse3(8) for those that are"
    case .failed(let path, let cause):
      "cannot mount on \(path): \(cause); dmesg(1) may tell more"
    }
  }
}
