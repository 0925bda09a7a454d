// SPDX-License-Identifier: Apache-2.0

import Glibc

/// One line of `/proc/self/mountinfo` (proc_pid_mountinfo(5)).
package struct MountTableEntry: Equatable, Sendable {
  /// "major:minor", unique per mounted file system.
  package let device: String
  package let mountPoint: String
  /// "fuse.pail" for ours.
  package let type: String
  package let source: String

  package init(device: String, mountPoint: String, type: String, source: String) {
    self.device = device
    self.mountPoint = mountPoint
    self.type = type
    self.source = source
  }

  package var isPail: Bool { type == "fuse.pail" }
}

/// What is mounted, as the kernel tells without asking any file system: never hangs on a dead mount.
package enum MountTable {
  /// The entries in mount order: of several at one mount point the last is on top.
  package static func current() -> [MountTableEntry] {
    parse(FileContents.read("/proc/self/mountinfo", limit: 64 << 20) ?? "")
  }

  /// What is on top at `mountPoint`, nil when nothing is mounted there.
  package static func top(at mountPoint: String) -> MountTableEntry? {
    current().last { $0.mountPoint == mountPoint }
  }

  package static func parse(_ text: String) -> [MountTableEntry] {
    text.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      guard let separator = fields.firstIndex(of: "-"), fields.count > separator + 2, separator > 5 else { return nil }
      return MountTableEntry(
        device: String(fields[2]), mountPoint: unescaped(fields[4]), type: String(fields[separator + 1]),
        source: unescaped(fields[separator + 2]))
    }
  }

  /// Space, tab, newline and backslash stand as three octal digits after a backslash.
  private static func unescaped(_ field: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Substring(field).utf8
    while let byte = rest.popFirst() {
      let digits = rest.prefix(3)
      if byte == UInt8(ascii: "\\"), digits.count == 3, let code = UInt8(String(Substring(digits)), radix: 8) {
        bytes.append(code)
        rest = rest.dropFirst(3)
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
