// SPDX-License-Identifier: Apache-2.0

/// The number by which a kernel knows a file; unique while the file system is mounted.
package struct InodeID: Hashable, Sendable {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }

  /// The root directory (FUSE_ROOT_ID).
  package static let root = InodeID(1)
}

/// The number of one open file or directory (`fi->fh`).
package struct HandleID: Hashable, Sendable {
  package let rawValue: UInt64

  package init(_ rawValue: UInt64) { self.rawValue = rawValue }
}

/// The process that asks.
package struct Caller: Sendable {
  /// Effective user and group of the process.
  package let uid: UInt32
  package let gid: UInt32
  /// The thread that made the call; `/proc/PID/status` tells its thread group.
  package let pid: Int32

  package init(uid: UInt32, gid: UInt32, pid: Int32) {
    self.uid = uid
    self.gid = gid
    self.pid = pid
  }
}
