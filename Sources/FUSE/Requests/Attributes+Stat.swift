// SPDX-License-Identifier: Apache-2.0

import CFUSE
import Glibc
import VFS

extension stat {
  /// In bytes. cp(1) copies with at least this; stdio and Python allocate and read that much for each open file, so more
  /// would make small random reads large ones.
  static let preferredBlockSize = 128 * 1024

  init(_ attributes: Attributes) {
    self.init()
    st_ino = UInt(attributes.inode.rawValue)
    st_mode = attributes.kind.modeBits | (attributes.permissions & 0o7777)
    st_nlink = .init(attributes.linkCount)
    st_uid = attributes.uid
    st_gid = attributes.gid
    st_rdev = UInt(attributes.device)
    st_size = Int(attributes.size)
    st_blksize = .init(Self.preferredBlockSize)
    // In units of 512 bytes, whatever st_blksize says (stat(2)).
    st_blocks = .init((attributes.size + 511) / 512)
    st_atim = timespec(attributes.accessed)
    st_mtim = timespec(attributes.modified)
    st_ctim = timespec(attributes.changed)
  }
}

extension timespec {
  fileprivate init(_ time: Timestamp) {
    self.init()
    tv_sec = Int(time.seconds)
    tv_nsec = Int(time.nanoseconds)
  }
}

extension fuse_entry_param {
  /// Inode numbers are unique while mounted, so the generation never changes.
  init(_ entry: Entry) {
    self.init()
    ino = entry.attributes.inode.rawValue
    attr = stat(entry.attributes)
    attr_timeout = entry.timeToLive
    entry_timeout = entry.timeToLive
  }
}

extension AttributeChanges {
  /// Takes what the bits `FUSE_SET_ATTR_*` of setattr select.
  init(_ attributes: stat, selected: Int32) {
    self.init()
    func has(_ bit: Int32) -> Bool { selected & bit != 0 }
    if has(FUSE_SET_ATTR_MODE) { permissions = attributes.st_mode & 0o7777 }
    if has(FUSE_SET_ATTR_UID) { uid = attributes.st_uid }
    if has(FUSE_SET_ATTR_GID) { gid = attributes.st_gid }
    if has(FUSE_SET_ATTR_SIZE) { size = Int64(attributes.st_size) }
    if has(FUSE_SET_ATTR_ATIME_NOW) {
      accessed = .now
    } else if has(FUSE_SET_ATTR_ATIME) {
      accessed = .at(Timestamp(attributes.st_atim))
    }
    if has(FUSE_SET_ATTR_MTIME_NOW) {
      modified = .now
    } else if has(FUSE_SET_ATTR_MTIME) {
      modified = .at(Timestamp(attributes.st_mtim))
    }
  }
}

extension Timestamp {
  fileprivate init(_ time: timespec) {
    self.init(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
  }
}
