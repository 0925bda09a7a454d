// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The mounts that this process sees, from /proc/self/mountinfo (proc_pid_mountinfo(5)). Reading it asks no file system
/// anything, so it cannot hang on a mount whose process is stuck.
struct MountTable {
  struct Mount: Equatable {
    /// The minor number of `st_dev`.
    let minor: UInt32
    let mountPoint: String
    /// For example `ext4` or `fuse.pail`.
    let type: String
    let source: String
  }

  /// In the order in which they were mounted.
  let mounts: [Mount]

  init(mountinfo: String) {
    mounts = mountinfo.split(separator: "\n").compactMap(Mount.init(line:))
  }

  /// The table as it is now; empty when it cannot be read.
  static func current() -> MountTable {
    guard let file = fopen("/proc/self/mountinfo", "re") else { return MountTable(mountinfo: "") }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16384)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      if count == 0 { break }
      bytes += chunk[..<count]
    }
    return MountTable(mountinfo: String(decoding: bytes, as: UTF8.self))
  }

  /// What is visible at `path`, an absolute path without links: the last one mounted on it.
  func mount(at path: String) -> Mount? { mounts.last { $0.mountPoint == path } }
}

extension MountTable.Mount {
  var isFUSE: Bool { type == "fuse" || type.hasPrefix("fuse.") }

  /// `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`
  fileprivate init?(line: Substring) {
    let fields = line.split(separator: " ")
    guard fields.count > 6, let separator = fields[6...].firstIndex(of: "-"), fields.count > separator + 2,
      let minor = fields[2].split(separator: ":").last.flatMap({ UInt32($0) })
    else { return nil }
    self.minor = minor
    mountPoint = Self.unescaped(fields[4])
    type = String(fields[separator + 1])
    source = Self.unescaped(fields[separator + 2])
  }

  /// Space, tab, newline and backslash are written as `\` and three octal digits.
  private static func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = field.utf8[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "\\"), rest.count >= 3, let code = UInt8(String(rest.prefix(3)) ?? "", radix: 8) {
        bytes.append(code)
        rest.removeFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
