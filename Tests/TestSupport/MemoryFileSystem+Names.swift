// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
package import VFS

extension MemoryFileSystem {
  package func lookup(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry {
    try intercept(.lookup, parent)
    return try tree.withLock { tree throws(Errno) in
      let inode = try tree.child(parent, name)
      tree.nodes[inode]?.lookups += 1
      return entry(try tree.node(inode).attributes)
    }
  }

  package func forget(_ inode: InodeID, count: UInt64) {
    tree.withLock { tree in
      // The kernel forgets the root, which nobody looked up.
      guard let lookups = tree.nodes[inode]?.lookups, inode != .root else { return }
      tree.nodes[inode]?.lookups = lookups - count
      tree.dropIfUnused(inode)
    }
  }

  package func mkdir(_ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller) throws(Errno) -> Entry {
    try make(.directory, in: parent, name, permissions: permissions, caller: caller)
  }

  package func mknod(
    _ parent: InodeID, _ name: Name, mode: UInt32, device: UInt64, caller: Caller
  ) throws(Errno) -> Entry {
    guard mode & S_IFMT == S_IFREG else { throw .EPERM }
    return try make(.regular, in: parent, name, permissions: mode & 0o7777, caller: caller)
  }

  package func symlink(_ target: String, at parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry {
    try tree.withLock { tree throws(Errno) in
      let inode = try tree.make(.symbolicLink, in: parent, name, permissions: 0o777, caller: caller)
      tree.nodes[inode]?.target = target
      tree.nodes[inode]?.attributes.size = Int64(target.utf8.count)
      tree.nodes[inode]?.lookups = 1
      return entry(try tree.node(inode).attributes)
    }
  }

  package func readlink(_ inode: InodeID) throws(Errno) -> String {
    try tree.withLock { tree throws(Errno) in
      let node = try tree.node(inode)
      guard node.attributes.kind == .symbolicLink else { throw .EINVAL }
      return node.target
    }
  }

  package func unlink(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    try intercept(.unlink, parent)
    try tree.withLock { tree throws(Errno) in
      guard try !tree.node(tree.child(parent, name)).isDirectory else { throw .EISDIR }
      tree.remove(name, from: parent)
    }
  }

  package func rmdir(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    try tree.withLock { tree throws(Errno) in
      guard try tree.directory(tree.child(parent, name)).children.isEmpty else { throw .ENOTEMPTY }
      tree.remove(name, from: parent)
    }
  }

  package func rename(
    _ parent: InodeID, _ name: Name, to newParent: InodeID, _ newName: Name, flags: RenameFlags, caller: Caller
  ) throws(Errno) {
    try intercept(.rename, parent)
    guard flags.subtracting(.noReplace).isEmpty else { throw .EINVAL }
    try tree.withLock { tree throws(Errno) in
      let inode = try tree.child(parent, name)
      if let target = try tree.directory(newParent).children[newName]?.inode {
        guard !flags.contains(.noReplace) else { throw .EEXIST }
        guard target != inode else { return }
        try tree.checkReplacing(target, with: inode)
        tree.remove(newName, from: newParent)
      }
      tree.detach(name, from: parent)
      tree.insert(inode, in: newParent, newName)
      tree.nodes[inode]?.attributes.changed = .now
    }
  }

  private func make(
    _ kind: FileKind, in parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller
  ) throws(Errno) -> Entry {
    try tree.withLock { tree throws(Errno) in
      let inode = try tree.make(kind, in: parent, name, permissions: permissions, caller: caller)
      tree.nodes[inode]?.lookups = 1
      return entry(try tree.node(inode).attributes)
    }
  }
}

extension MemoryTree {
  /// What rename(2) says of a new name that exists.
  fileprivate func checkReplacing(_ target: InodeID, with source: InodeID) throws(Errno) {
    let (old, new) = (try node(target), try node(source))
    if old.isDirectory {
      guard new.isDirectory else { throw .EISDIR }
      guard old.children.isEmpty else { throw .ENOTEMPTY }
    } else if new.isDirectory {
      throw .ENOTDIR
    }
  }
}
