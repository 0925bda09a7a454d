// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The kernel's read-ahead of one mount, `/sys/class/bdi/0:MINOR/read_ahead_kb`. INIT's max_readahead can only lower it
/// below the default of 128 KiB; root can raise it here.
enum ReadAheadSetting {
  /// Best effort: false when it is not allowed or the mount is not found.
  static func apply(kibibytes: Int, mountPoint: String) -> Bool {
    // Not from stat(2) of the mount point, which would ask the file system and could wait for it.
    guard let mount = MountTable.current().mount(at: mountPoint), mount.isFUSE else { return false }
    let file = open("/sys/class/bdi/0:\(mount.minor)/read_ahead_kb", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    let text = "\(kibibytes)"
    return write(file, text, text.utf8.count) == text.utf8.count
  }
}
