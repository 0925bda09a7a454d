// SPDX-License-Identifier: Apache-2.0

/// What any file system answers a kernel. The names are those of libfuse's low-level interface and mean the same.
///
/// Every operation is synchronous and may block its thread, is called from many threads at once, and throws the errno
/// that the system call shall return. Inodes passed in are ones that an `Entry` gave out and `forget` has not taken back.
/// Sizes and offsets are bytes. Operations that a file system does not have stay with the default, ENOSYS.
package protocol FileSystem: Sendable {
  // MARK: Names

  /// Finds `name` in `parent`. Throws ENOENT; ENOTDIR.
  func lookup(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry
  /// The kernel drops `count` lookups of `inode`; at zero it will not name the inode again.
  func forget(_ inode: InodeID, count: UInt64)
  /// Creates a directory. Throws EEXIST.
  func mkdir(_ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller) throws(Errno) -> Entry
  /// Creates an empty regular file, a FIFO, a socket or a device node: `mode` has the type bits. Throws EEXIST; EPERM for a kind that
  /// the file system does not keep.
  func mknod(_ parent: InodeID, _ name: Name, mode: UInt32, device: UInt64, caller: Caller) throws(Errno) -> Entry
  /// Creates a symbolic link to `target`. Throws EEXIST.
  func symlink(_ target: String, at parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry
  /// The target of a symbolic link. Throws EINVAL when it is none.
  func readlink(_ inode: InodeID) throws(Errno) -> String
  /// Removes a file or link. Throws ENOENT; EISDIR.
  func unlink(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno)
  /// Removes an empty directory. Throws ENOTEMPTY; ENOTDIR.
  func rmdir(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno)
  /// Moves a name, replacing the target as rename(2) says.
  func rename(
    _ parent: InodeID, _ name: Name, to newParent: InodeID, _ newName: Name, flags: RenameFlags, caller: Caller
  ) throws(Errno)

  // MARK: Attributes

  func getattr(_ inode: InodeID, handle: HandleID?) throws(Errno) -> TimedAttributes
  func setattr(
    _ inode: InodeID, handle: HandleID?, changes: AttributeChanges, caller: Caller
  ) throws(Errno) -> TimedAttributes
  /// Throws ENODATA when there is no such attribute. Never asked for the namespaces `security` and `system`.
  func getxattr(_ inode: InodeID, _ name: String) throws(Errno) -> [UInt8]
  func setxattr(_ inode: InodeID, _ name: String, value: [UInt8], mode: ExtendedAttributeMode) throws(Errno)
  func listxattr(_ inode: InodeID) throws(Errno) -> [String]
  func removexattr(_ inode: InodeID, _ name: String) throws(Errno)
  func statfs(_ inode: InodeID) throws(Errno) -> FileSystemStatistics

  // MARK: Files

  func open(_ inode: InodeID, flags: OpenFlags, caller: Caller) throws(Errno) -> OpenedFile
  /// Creates and opens a regular file. Throws EEXIST when it exists and `flags` has `exclusive`.
  func create(
    _ parent: InodeID, _ name: Name, permissions: UInt32, flags: OpenFlags, caller: Caller
  ) throws(Errno) -> (Entry, OpenedFile)
  /// Reads at most `length` bytes; fewer only at the end of the file.
  ///
  /// - Parameter scratch: at least `length` bytes that the reply may use; page-aligned.
  func read(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, length: Int, scratch: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> ReadReply
  /// Writes all of `bytes`, which are valid during the call only. Returns how many were taken.
  func write(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, _ bytes: UnsafeRawBufferPointer
  ) throws(Errno) -> Int
  /// Reserves, zeroes or punches a range that is not empty. Throws EBADF; EFBIG; ENOSPC.
  func fallocate(_ inode: InodeID, _ handle: HandleID, _ allocation: Allocation, _ range: Range<Int64>) throws(Errno)
  /// Where the next data or the next hole begins, from `offset` on. Throws ENXIO behind the end, and when no data follows.
  func lseek(_ inode: InodeID, _ handle: HandleID, to target: SeekTarget, from offset: Int64) throws(Errno) -> Int64
  /// Copies at most `length` bytes from one open file to another. Returns how many. Throws EOPNOTSUPP when the kernel shall read
  /// and write them itself.
  func copyFileRange(from source: FilePlace, to target: FilePlace, length: Int) throws(Errno) -> Int
  /// One descriptor of the handle was closed (once per close(2), so several times after dup or fork). The error is what
  /// close(2) returns.
  func flush(_ inode: InodeID, _ handle: HandleID, caller: Caller) throws(Errno)
  func fsync(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno)
  /// The last descriptor is gone; the handle is not used again. Nobody sees an error.
  func release(_ inode: InodeID, _ handle: HandleID)

  // MARK: Directories

  func opendir(_ inode: InodeID, caller: Caller) throws(Errno) -> HandleID
  /// Emits the entries after `offset` (0: from the start, `.` and `..` included) until `emit` returns false: that entry was
  /// not taken and must not be counted as looked up.
  ///
  /// - Parameter plus: fill in `DirectoryEntry.entry` where the attributes are at hand (readdirplus).
  func readdir(
    _ inode: InodeID, _ handle: HandleID, from offset: Int64, plus: Bool, emit: (DirectoryEntry) -> Bool
  ) throws(Errno)
  func fsyncdir(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno)
  func releasedir(_ inode: InodeID, _ handle: HandleID)
}
