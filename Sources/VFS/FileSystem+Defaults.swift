// SPDX-License-Identifier: Apache-2.0

/// A file system answers what it has; the kernel remembers an ENOSYS and does not ask again.
extension FileSystem {
  package func forget(_ inode: InodeID, count: UInt64) {}

  package func mkdir(_ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller) throws(Errno) -> Entry {
    throw .ENOSYS
  }

  package func mknod(
    _ parent: InodeID, _ name: Name, mode: UInt32, device: UInt64, caller: Caller
  ) throws(Errno) -> Entry {
    throw .ENOSYS
  }

  package func symlink(_ target: String, at parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry {
    throw .ENOSYS
  }

  package func readlink(_ inode: InodeID) throws(Errno) -> String { throw .ENOSYS }
  package func unlink(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) { throw .ENOSYS }
  package func rmdir(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) { throw .ENOSYS }

  package func rename(
    _ parent: InodeID, _ name: Name, to newParent: InodeID, _ newName: Name, flags: RenameFlags, caller: Caller
  ) throws(Errno) {
    throw .ENOSYS
  }

  package func setattr(
    _ inode: InodeID, handle: HandleID?, changes: AttributeChanges, caller: Caller
  ) throws(Errno) -> TimedAttributes {
    throw .ENOSYS
  }

  package func getxattr(_ inode: InodeID, _ name: String) throws(Errno) -> [UInt8] { throw .ENOSYS }

  package func setxattr(
    _ inode: InodeID, _ name: String, value: [UInt8], mode: ExtendedAttributeMode
  ) throws(Errno) {
    throw .ENOSYS
  }

  package func listxattr(_ inode: InodeID) throws(Errno) -> [String] { throw .ENOSYS }
  package func removexattr(_ inode: InodeID, _ name: String) throws(Errno) { throw .ENOSYS }
  package func statfs(_ inode: InodeID) throws(Errno) -> FileSystemStatistics { throw .ENOSYS }

  package func create(
    _ parent: InodeID, _ name: Name, permissions: UInt32, flags: OpenFlags, caller: Caller
  ) throws(Errno) -> (Entry, OpenedFile) {
    throw .ENOSYS
  }

  package func write(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, _ bytes: UnsafeRawBufferPointer
  ) throws(Errno) -> Int {
    throw .ENOSYS
  }

  package func fallocate(
    _ inode: InodeID, _ handle: HandleID, _ allocation: Allocation, _ range: Range<Int64>
  ) throws(Errno) {
    throw .ENOSYS
  }

  package func lseek(
    _ inode: InodeID, _ handle: HandleID, to target: SeekTarget, from offset: Int64
  ) throws(Errno) -> Int64 {
    throw .ENOSYS
  }

  package func copyFileRange(from source: FilePlace, to target: FilePlace, length: Int) throws(Errno) -> Int {
    throw .ENOSYS
  }

  package func flush(_ inode: InodeID, _ handle: HandleID, caller: Caller) throws(Errno) {}
  package func fsync(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {}
  package func release(_ inode: InodeID, _ handle: HandleID) {}
  package func fsyncdir(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {}
  package func releasedir(_ inode: InodeID, _ handle: HandleID) {}
}
