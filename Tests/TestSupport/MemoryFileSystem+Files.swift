// SPDX-License-Identifier: Apache-2.0

import Locking
package import VFS

extension MemoryFileSystem {
  package func open(_ inode: InodeID, flags: OpenFlags, caller: Caller) throws(Errno) -> OpenedFile {
    try intercept(.open, inode)
    return try tree.withLock { tree throws(Errno) in
      guard try !tree.node(inode).isDirectory else { throw .EISDIR }
      if flags.contains(.truncate) { tree.resize(inode, to: 0) }
      return OpenedFile(handle: tree.open(inode, flags: flags))
    }
  }

  package func create(
    _ parent: InodeID, _ name: Name, permissions: UInt32, flags: OpenFlags, caller: Caller
  ) throws(Errno) -> (Entry, OpenedFile) {
    try intercept(.create, parent)
    return try tree.withLock { tree throws(Errno) in
      let inode: InodeID
      if let existing = try tree.directory(parent).children[name]?.inode {
        guard !flags.contains(.exclusive) else { throw .EEXIST }
        guard try !tree.node(existing).isDirectory else { throw .EISDIR }
        inode = existing
        if flags.contains(.truncate) { tree.resize(inode, to: 0) }
      } else {
        inode = try tree.make(.regular, in: parent, name, permissions: permissions, caller: caller)
      }
      tree.nodes[inode]?.lookups += 1
      let handle = tree.open(inode, flags: flags)
      return (entry(try tree.node(inode).attributes), OpenedFile(handle: handle))
    }
  }

  package func read(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, length: Int, scratch: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> ReadReply {
    try intercept(.read, inode)
    return try tree.withLock { tree throws(Errno) in
      guard let flags = tree.handles[handle], flags.allowsReading else { throw .EBADF }
      let buffer = UnsafeMutableRawBufferPointer(rebasing: scratch[..<length])
      return .scratch(count: try tree.node(inode).content.read(into: buffer, at: Int(offset)))
    }
  }

  package func write(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, _ bytes: UnsafeRawBufferPointer
  ) throws(Errno) -> Int {
    try intercept(.write, inode)
    return try tree.withLock { tree throws(Errno) in
      guard let flags = tree.handles[handle], flags.allowsWriting else { throw .EBADF }
      // The kernel asks for a position even with O_APPEND, as it knows the size; another writer may have moved the end.
      let start = flags.contains(.append) ? try tree.node(inode).attributes.size : offset
      tree.write(inode, at: start, bytes)
      return bytes.count
    }
  }

  package func flush(_ inode: InodeID, _ handle: HandleID, caller: Caller) throws(Errno) {
    try intercept(.flush, inode)
  }

  package func fsync(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {
    try intercept(.fsync, inode)
  }

  package func release(_ inode: InodeID, _ handle: HandleID) {
    try? intercept(.release, inode)
    tree.withLock { $0.close(inode, handle) }
  }
}
