// SPDX-License-Identifier: Apache-2.0
//
// The operations of a BucketCollection that are those of one bucket. What would change the root of all is EACCES.

package import VFS

extension BucketCollection {
  package func mkdir(_ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller) throws(Errno) -> Entry {
    let member = try bucket(of: parent)
    return member.outer(
      try member.fileSystem.mkdir(member.inode, name, permissions: permissions, caller: caller))
  }

  package func mknod(
    _ parent: InodeID, _ name: Name, mode: UInt32, device: UInt64, caller: Caller
  ) throws(Errno) -> Entry {
    let member = try bucket(of: parent)
    return member.outer(
      try member.fileSystem.mknod(member.inode, name, mode: mode, device: device, caller: caller))
  }

  package func symlink(
    _ target: String, at parent: InodeID, _ name: Name, caller: Caller
  ) throws(Errno) -> Entry {
    let member = try bucket(of: parent)
    return member.outer(try member.fileSystem.symlink(target, at: member.inode, name, caller: caller))
  }

  package func readlink(_ inode: InodeID) throws(Errno) -> String {
    let member = try bucket(of: inode)
    return try member.fileSystem.readlink(member.inode)
  }

  package func unlink(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    let member = try bucket(of: parent)
    try member.fileSystem.unlink(member.inode, name, caller: caller)
  }

  package func rmdir(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    let member = try bucket(of: parent)
    try member.fileSystem.rmdir(member.inode, name, caller: caller)
  }

  package func setattr(
    _ inode: InodeID, handle: HandleID?, changes: AttributeChanges, caller: Caller
  ) throws(Errno) -> TimedAttributes {
    let member = try bucket(of: inode)
    return member.outer(
      try member.fileSystem.setattr(member.inode, handle: handle, changes: changes, caller: caller))
  }

  package func setxattr(
    _ inode: InodeID, _ name: String, value: [UInt8], mode: ExtendedAttributeMode
  ) throws(Errno) {
    let member = try bucket(of: inode)
    try member.fileSystem.setxattr(member.inode, name, value: value, mode: mode)
  }

  package func removexattr(_ inode: InodeID, _ name: String) throws(Errno) {
    let member = try bucket(of: inode)
    try member.fileSystem.removexattr(member.inode, name)
  }

  package func open(_ inode: InodeID, flags: OpenFlags, caller: Caller) throws(Errno) -> OpenedFile {
    let member = try bucket(of: inode)
    return try member.fileSystem.open(member.inode, flags: flags, caller: caller)
  }

  package func create(
    _ parent: InodeID, _ name: Name, permissions: UInt32, flags: OpenFlags, caller: Caller
  ) throws(Errno) -> (Entry, OpenedFile) {
    let member = try bucket(of: parent)
    let (entry, opened) = try member.fileSystem.create(
      member.inode, name, permissions: permissions, flags: flags, caller: caller)
    return (member.outer(entry), opened)
  }

  package func read(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, length: Int, scratch: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> ReadReply {
    let member = try bucket(of: inode)
    return try member.fileSystem.read(member.inode, handle, at: offset, length: length, scratch: scratch)
  }

  package func write(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, _ bytes: UnsafeRawBufferPointer
  ) throws(Errno) -> Int {
    let member = try bucket(of: inode)
    return try member.fileSystem.write(member.inode, handle, at: offset, bytes)
  }

  package func fallocate(
    _ inode: InodeID, _ handle: HandleID, _ allocation: Allocation, _ range: Range<Int64>
  ) throws(Errno) {
    let member = try bucket(of: inode)
    try member.fileSystem.fallocate(member.inode, handle, allocation, range)
  }

  package func lseek(
    _ inode: InodeID, _ handle: HandleID, to target: SeekTarget, from offset: Int64
  ) throws(Errno) -> Int64 {
    let member = try bucket(of: inode)
    return try member.fileSystem.lseek(member.inode, handle, to: target, from: offset)
  }

  package func flush(_ inode: InodeID, _ handle: HandleID, caller: Caller) throws(Errno) {
    let member = try bucket(of: inode)
    try member.fileSystem.flush(member.inode, handle, caller: caller)
  }

  package func fsync(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {
    let member = try bucket(of: inode)
    try member.fileSystem.fsync(member.inode, handle, dataOnly: dataOnly)
  }

  package func release(_ inode: InodeID, _ handle: HandleID) {
    if let member = member(of: inode) { member.fileSystem.release(member.inode, handle) }
  }

  package func fsyncdir(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {
    guard let member = member(of: inode) else { return }
    try member.fileSystem.fsyncdir(member.inode, handle, dataOnly: dataOnly)
  }
}
