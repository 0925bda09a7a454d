// SPDX-License-Identifier: Apache-2.0

import CFUSE
import Glibc
import VFS

/// The entries of one readdir or readdirplus, packed as the kernel wants them.
struct DirectoryBuffer {
  private let memory: UnsafeMutableRawBufferPointer
  private let plus: Bool
  private var count = 0
  /// The inodes whose lookup count the kernel raises when it takes the entries.
  private(set) var lookups: [InodeID] = []

  init(memory: UnsafeMutableRawBufferPointer, plus: Bool) {
    self.memory = memory
    self.plus = plus
  }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  /// False when the entry does not fit.
  mutating func append(_ entry: DirectoryEntry) -> Bool {
    let room = memory.count - count
    let start = (memory.baseAddress! + count).assumingMemoryBound(to: CChar.self)
    // libfuse has a request parameter here that it does not use.
    let size: Int
    if plus {
      var parameter = fuse_entry_param(listing: entry)
      size = fuse_add_direntry_plus(nil, start, room, entry.name, &parameter, Int(entry.nextOffset))
    } else {
      var status = stat(listing: entry)
      size = fuse_add_direntry(nil, start, room, entry.name, &status, Int(entry.nextOffset))
    }
    guard size <= room else { return false }
    count += size
    if plus, let attributes = entry.entry?.attributes { lookups.append(attributes.inode) }
    return true
  }
}

extension stat {
  /// The number and the kind, which is all that a listing shows.
  fileprivate init(listing entry: DirectoryEntry) {
    self.init()
    st_ino = UInt(entry.inode.rawValue)
    st_mode = entry.kind?.modeBits ?? 0
  }
}

extension fuse_entry_param {
  /// Without attributes the node is 0: the kernel shows the name and looks it up when somebody asks.
  fileprivate init(listing entry: DirectoryEntry) {
    if let found = entry.entry {
      self.init(found)
    } else {
      self.init()
      attr = stat(listing: entry)
    }
  }
}
