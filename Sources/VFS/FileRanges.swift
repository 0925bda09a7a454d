// SPDX-License-Identifier: Apache-2.0

/// What `fallocate(2)` does to a range of a file.
package enum Allocation: Hashable, Sendable {
  /// Mode 0 and FALLOC_FL_KEEP_SIZE: room for what is written there later. New bytes of the file are zero.
  case reserve(keepsSize: Bool)
  /// FALLOC_FL_PUNCH_HOLE: zeros that take no room. The file stays as long as it is.
  case punch
  /// FALLOC_FL_ZERO_RANGE: zeros.
  case zero(keepsSize: Bool)
}

/// What `lseek(2)` looks for.
package enum SeekTarget: Hashable, Sendable {
  /// SEEK_DATA: the next byte that is not in a hole.
  case data
  /// SEEK_HOLE: the next byte that is; there is always one behind the end.
  case hole
}

/// A place in an open file.
package struct FilePlace: Sendable {
  package let inode: InodeID
  package let handle: HandleID
  /// Bytes.
  package let offset: Int64

  package init(inode: InodeID, handle: HandleID, offset: Int64) {
    self.inode = inode
    self.handle = handle
    self.offset = offset
  }
}
