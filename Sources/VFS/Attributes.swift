// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A point in time, as `timespec` has it.
package struct Timestamp: Hashable, Comparable, Sendable {
  /// Seconds since 1970-01-01 UTC; may be negative.
  package let seconds: Int64
  /// 0 to 999,999,999.
  package let nanoseconds: Int32

  package init(seconds: Int64, nanoseconds: Int32 = 0) {
    self.seconds = seconds
    self.nanoseconds = nanoseconds
  }

  /// The wall clock.
  package static var now: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
  }

  package static func < (left: Timestamp, right: Timestamp) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

/// The kinds of file that there are (inode(7)).
package enum FileKind: CaseIterable, Sendable {
  case regular, directory, symbolicLink
  /// What the kernel serves by itself: a file system keeps its name and attributes only.
  case fifo, socket, characterDevice, blockDevice

  /// The type bits of `st_mode`.
  package var modeBits: UInt32 {
    switch self {
    case .regular: UInt32(S_IFREG)
    case .directory: UInt32(S_IFDIR)
    case .symbolicLink: UInt32(S_IFLNK)
    case .fifo: UInt32(S_IFIFO)
    case .socket: UInt32(S_IFSOCK)
    case .characterDevice: UInt32(S_IFCHR)
    case .blockDevice: UInt32(S_IFBLK)
    }
  }

  /// What the type bits of a mode say; nil when they say nothing.
  package init?(mode: UInt32) {
    guard let kind = FileKind.allCases.first(where: { $0.modeBits == mode & UInt32(S_IFMT) }) else { return nil }
    self = kind
  }
}

/// What `stat(2)` tells of a file.
package struct Attributes: Equatable, Sendable {
  package var inode: InodeID
  package var kind: FileKind
  /// The twelve permission bits, without type bits.
  package var permissions: UInt32
  package var linkCount: UInt32
  package var uid: UInt32
  package var gid: UInt32
  /// Which device a device node stands for (`st_rdev`).
  package var device: UInt64
  /// In bytes.
  package var size: Int64
  package var accessed: Timestamp
  package var modified: Timestamp
  package var changed: Timestamp

  package init(
    inode: InodeID, kind: FileKind, permissions: UInt32, linkCount: UInt32, uid: UInt32, gid: UInt32,
    device: UInt64 = 0, size: Int64, accessed: Timestamp, modified: Timestamp, changed: Timestamp
  ) {
    self.inode = inode
    self.kind = kind
    self.permissions = permissions
    self.linkCount = linkCount
    self.uid = uid
    self.gid = gid
    self.device = device
    self.size = size
    self.accessed = accessed
    self.modified = modified
    self.changed = changed
  }
}

/// What `setattr` changes; nil leaves a value as it is.
package struct AttributeChanges: Sendable {
  package enum Time: Sendable {
    case now
    case at(Timestamp)
  }

  /// The twelve permission bits.
  package var permissions: UInt32?
  package var uid: UInt32?
  package var gid: UInt32?
  /// The new length in bytes (truncate, ftruncate).
  package var size: Int64?
  package var accessed: Time?
  package var modified: Time?

  package init() {}
}

/// Attributes with the time that the kernel may keep them.
package struct TimedAttributes: Sendable {
  package var attributes: Attributes
  /// In seconds; 0 asks again each time.
  package var timeToLive: Double

  package init(attributes: Attributes, timeToLive: Double) {
    self.attributes = attributes
    self.timeToLive = timeToLive
  }
}

/// The answer to a lookup: the inode of a name. Each one handed to the kernel counts as one lookup until `forget`.
package struct Entry: Sendable {
  package var attributes: Attributes
  /// How long the kernel may keep the name and the attributes, in seconds.
  package var timeToLive: Double

  package init(attributes: Attributes, timeToLive: Double) {
    self.attributes = attributes
    self.timeToLive = timeToLive
  }
}

/// What `statvfs(3)` tells.
package struct FileSystemStatistics: Sendable {
  package var blockSize: UInt64
  package var blocks: UInt64
  package var freeBlocks: UInt64
  package var files: UInt64
  package var freeFiles: UInt64
  package var maximumNameLength: UInt64

  package init(
    blockSize: UInt64, blocks: UInt64, freeBlocks: UInt64, files: UInt64, freeFiles: UInt64, maximumNameLength: UInt64
  ) {
    self.blockSize = blockSize
    self.blocks = blocks
    self.freeBlocks = freeBlocks
    self.files = files
    self.freeFiles = freeFiles
    self.maximumNameLength = maximumNameLength
  }
}
