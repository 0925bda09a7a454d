// SPDX-License-Identifier: Apache-2.0
//
// The operations of a RecordOverlay that are those of whoever has the inode.

package import VFS

extension RecordOverlay {
  package func forget(_ inode: InodeID, count: UInt64) { owner(of: inode).forget(inode, count: count) }

  package func readlink(_ inode: InodeID) throws(Errno) -> String { try owner(of: inode).readlink(inode) }

  package func getattr(_ inode: InodeID, handle: HandleID?) throws(Errno) -> TimedAttributes {
    try owner(of: inode).getattr(inode, handle: handle)
  }

  package func setattr(
    _ inode: InodeID, handle: HandleID?, changes: AttributeChanges, caller: Caller
  ) throws(Errno) -> TimedAttributes {
    try owner(of: inode).setattr(inode, handle: handle, changes: changes, caller: caller)
  }

  package func getxattr(_ inode: InodeID, _ name: String) throws(Errno) -> [UInt8] {
    try owner(of: inode).getxattr(inode, name)
  }

  package func setxattr(
    _ inode: InodeID, _ name: String, value: [UInt8], mode: ExtendedAttributeMode
  ) throws(Errno) {
    try owner(of: inode).setxattr(inode, name, value: value, mode: mode)
  }

  package func listxattr(_ inode: InodeID) throws(Errno) -> [String] { try owner(of: inode).listxattr(inode) }

  package func removexattr(_ inode: InodeID, _ name: String) throws(Errno) {
    try owner(of: inode).removexattr(inode, name)
  }

  package func open(_ inode: InodeID, flags: OpenFlags, caller: Caller) throws(Errno) -> OpenedFile {
    try owner(of: inode).open(inode, flags: flags, caller: caller)
  }

  package func read(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, length: Int, scratch: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> ReadReply {
    try owner(of: inode).read(inode, handle, at: offset, length: length, scratch: scratch)
  }

  package func write(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, _ bytes: UnsafeRawBufferPointer
  ) throws(Errno) -> Int {
    try owner(of: inode).write(inode, handle, at: offset, bytes)
  }

  package func fallocate(
    _ inode: InodeID, _ handle: HandleID, _ allocation: Allocation, _ range: Range<Int64>
  ) throws(Errno) {
    try owner(of: inode).fallocate(inode, handle, allocation, range)
  }

  package func lseek(
    _ inode: InodeID, _ handle: HandleID, to target: SeekTarget, from offset: Int64
  ) throws(Errno) -> Int64 {
    try owner(of: inode).lseek(inode, handle, to: target, from: offset)
  }

  package func flush(_ inode: InodeID, _ handle: HandleID, caller: Caller) throws(Errno) {
    try owner(of: inode).flush(inode, handle, caller: caller)
  }

  package func fsync(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {
    try owner(of: inode).fsync(inode, handle, dataOnly: dataOnly)
  }

  package func release(_ inode: InodeID, _ handle: HandleID) { owner(of: inode).release(inode, handle) }

  package func opendir(_ inode: InodeID, caller: Caller) throws(Errno) -> HandleID {
    try owner(of: inode).opendir(inode, caller: caller)
  }

  package func fsyncdir(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {
    try owner(of: inode).fsyncdir(inode, handle, dataOnly: dataOnly)
  }

  package func releasedir(_ inode: InodeID, _ handle: HandleID) { owner(of: inode).releasedir(inode, handle) }
}
