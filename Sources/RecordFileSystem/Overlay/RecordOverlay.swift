// SPDX-License-Identifier: Apache-2.0
//
// Records beside buckets: one file system that has `.records` in its root.
//
// For: a mount with the option `records`. State: none but the two; the top byte of an inode number says whose it is. Any thread.
// `.records` is found by its name and not listed, so that what walks through a mount (find, `cp -r`, `rm -r *`) does not walk
// into the records. Something of that name in a bucket cannot be reached.
// What can go wrong: a rename from one to the other is EXDEV, as between two disks, so that mv(1) copies.
// The operations that only pass on are in RecordOverlay+Forwarding.

import Glibc
package import VFS

package final class RecordOverlay: FileSystem {
  let base: any FileSystem
  let records: RecordFileSystem
  private let name = Name(RecordFileSystem.name)

  /// - Parameter base: must leave the inode numbers of ``RecordFileSystem`` alone.
  package init(base: any FileSystem, records: RecordFileSystem) {
    self.base = base
    self.records = records
  }

  func owner(of inode: InodeID) -> any FileSystem { RecordFileSystem.owns(inode) ? records : base }

  /// Throws `errno` for the name that is taken in the root.
  private func refuse(_ errno: Errno, _ parent: InodeID, _ name: Name) throws(Errno) {
    if parent == .root, name == self.name { throw errno }
  }

  // MARK: Names in the root

  package func lookup(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry {
    if parent == .root, name == self.name {
      let answer = try records.getattr(RecordFileSystem.root, handle: nil)
      return Entry(attributes: answer.attributes, timeToLive: answer.timeToLive)
    }
    return try owner(of: parent).lookup(parent, name, caller: caller)
  }

  package func mkdir(_ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller) throws(Errno) -> Entry {
    try refuse(.EEXIST, parent, name)
    return try owner(of: parent).mkdir(parent, name, permissions: permissions, caller: caller)
  }

  package func mknod(
    _ parent: InodeID, _ name: Name, mode: UInt32, device: UInt64, caller: Caller
  ) throws(Errno) -> Entry {
    try refuse(.EEXIST, parent, name)
    return try owner(of: parent).mknod(parent, name, mode: mode, device: device, caller: caller)
  }

  package func symlink(_ target: String, at parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry {
    try refuse(.EEXIST, parent, name)
    return try owner(of: parent).symlink(target, at: parent, name, caller: caller)
  }

  package func create(
    _ parent: InodeID, _ name: Name, permissions: UInt32, flags: OpenFlags, caller: Caller
  ) throws(Errno) -> (Entry, OpenedFile) {
    try refuse(.EISDIR, parent, name)
    return try owner(of: parent).create(parent, name, permissions: permissions, flags: flags, caller: caller)
  }

  package func unlink(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    try refuse(.EISDIR, parent, name)
    try owner(of: parent).unlink(parent, name, caller: caller)
  }

  package func rmdir(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    try refuse(.EBUSY, parent, name)
    try owner(of: parent).rmdir(parent, name, caller: caller)
  }

  package func rename(
    _ parent: InodeID, _ name: Name, to newParent: InodeID, _ newName: Name, flags: RenameFlags, caller: Caller
  ) throws(Errno) {
    try refuse(.EBUSY, parent, name)
    try refuse(.EBUSY, newParent, newName)
    guard RecordFileSystem.owns(parent) == RecordFileSystem.owns(newParent) else { throw .EXDEV }
    try owner(of: parent).rename(parent, name, to: newParent, newName, flags: flags, caller: caller)
  }

  package func copyFileRange(from source: FilePlace, to target: FilePlace, length: Int) throws(Errno) -> Int {
    // The kernel reads and writes.
    guard RecordFileSystem.owns(source.inode) == RecordFileSystem.owns(target.inode) else { throw .EOPNOTSUPP }
    return try owner(of: source.inode).copyFileRange(from: source, to: target, length: length)
  }

  package func readdir(
    _ inode: InodeID, _ handle: HandleID, from offset: Int64, plus: Bool, emit: (DirectoryEntry) -> Bool
  ) throws(Errno) {
    guard inode == .root else {
      return try owner(of: inode).readdir(inode, handle, from: offset, plus: plus, emit: emit)
    }
    var covered: InodeID?
    try base.readdir(inode, handle, from: offset, plus: plus) { entry in
      guard entry.name == RecordFileSystem.name else { return emit(entry) }
      if entry.entry != nil { covered = entry.inode }
      return true
    }
    // It counts as looked up, and the kernel has not heard of it.
    if let covered { base.forget(covered, count: 1) }
  }

  package func statfs(_ inode: InodeID) throws(Errno) -> FileSystemStatistics {
    // Of one mount there is one answer.
    try base.statfs(RecordFileSystem.owns(inode) ? .root : inode)
  }
}
