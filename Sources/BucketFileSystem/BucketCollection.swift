// SPDX-License-Identifier: Apache-2.0
//
// Several buckets as the directories of one file system.
//
// For: a mount of an Amplify project, whose buckets have friendly names. State: none but the buckets. Each has inode numbers of its own,
// told by their top byte; its root is 1 for itself and (byte, 1) here. The root of all is this object's, never changes, and is served
// without asking anybody. Any thread.
// What can go wrong: a rename or a copy from one bucket to another; the one is EXDEV, as between two disks, so that mv(1) copies,
// and the other left to the kernel.
// The operations that only pass on are in BucketCollection+Forwarding.

import Glibc
package import VFS

package final class BucketCollection: FileSystem {
  /// More would not fit into the top byte.
  package static let limit = 254

  let buckets: [(name: Name, fileSystem: BucketFileSystem)]
  private let uid: UInt32
  private let gid: UInt32
  private let mountedAt = Timestamp.now
  /// Nobody adds or removes a bucket.
  private static let permissions: UInt32 = 0o555
  private static let timeToLive = 60.0

  /// - Parameters:
  ///   - buckets: at most ``limit``; each with the ``BucketFileSystemConfiguration/inodeSpace`` of its place, counted from 1.
  ///   - uid: the owner of the root.
  package init(buckets: [(name: Name, fileSystem: BucketFileSystem)], uid: UInt32, gid: UInt32) {
    precondition(buckets.count <= BucketCollection.limit)
    self.buckets = buckets
    self.uid = uid
    self.gid = gid
  }

  // MARK: Numbers

  private static let spaceShift: UInt64 = 56

  static func root(ofPlace place: Int) -> InodeID { InodeID(UInt64(place + 1) << spaceShift | InodeID.root.rawValue) }

  /// The bucket of an inode, and the number that it has there. Throws EACCES for the root of all: whoever asks wants to change it.
  func bucket(of inode: InodeID) throws(Errno) -> Member {
    guard let member = member(of: inode) else { throw .EACCES }
    return member
  }

  func member(of inode: InodeID) -> Member? {
    guard inode != .root else { return nil }
    let place = Int(inode.rawValue >> BucketCollection.spaceShift) - 1
    guard buckets.indices.contains(place) else { return nil }
    let root = BucketCollection.root(ofPlace: place)
    return Member(fileSystem: buckets[place].fileSystem, inode: inode == root ? .root : inode, root: root)
  }

  /// An inode of one of the buckets.
  struct Member {
    let fileSystem: BucketFileSystem
    /// As the bucket knows it.
    let inode: InodeID
    /// The bucket's root, as the kernel knows it.
    let root: InodeID

    /// As the kernel knows it.
    func outer(_ inode: InodeID) -> InodeID { inode == .root ? root : inode }

    func outer(_ attributes: Attributes) -> Attributes {
      var attributes = attributes
      attributes.inode = outer(attributes.inode)
      return attributes
    }

    func outer(_ entry: Entry) -> Entry { Entry(attributes: outer(entry.attributes), timeToLive: entry.timeToLive) }

    func outer(_ answer: TimedAttributes) -> TimedAttributes {
      TimedAttributes(attributes: outer(answer.attributes), timeToLive: answer.timeToLive)
    }
  }

  // MARK: The root of all

  package func lookup(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) -> Entry {
    if let member = member(of: parent) {
      return member.outer(try member.fileSystem.lookup(member.inode, name, caller: caller))
    }
    guard let place = buckets.firstIndex(where: { $0.name == name }) else { throw .ENOENT }
    return try entry(ofPlace: place)
  }

  private func entry(ofPlace place: Int) throws(Errno) -> Entry {
    let member = try bucket(of: BucketCollection.root(ofPlace: place))
    let answer = member.outer(try member.fileSystem.getattr(.root, handle: nil))
    return Entry(attributes: answer.attributes, timeToLive: answer.timeToLive)
  }

  package func forget(_ inode: InodeID, count: UInt64) {
    // Roots stay, and nobody counted them.
    if let member = member(of: inode), member.inode != .root { member.fileSystem.forget(inode, count: count) }
  }

  package func getattr(_ inode: InodeID, handle: HandleID?) throws(Errno) -> TimedAttributes {
    if let member = member(of: inode) {
      return member.outer(try member.fileSystem.getattr(member.inode, handle: handle))
    }
    let attributes = Attributes(
      inode: .root, kind: .directory, permissions: BucketCollection.permissions, linkCount: 2 + UInt32(buckets.count),
      uid: uid, gid: gid, size: 0, accessed: mountedAt, modified: mountedAt, changed: mountedAt)
    return TimedAttributes(attributes: attributes, timeToLive: BucketCollection.timeToLive)
  }

  package func getxattr(_ inode: InodeID, _ name: String) throws(Errno) -> [UInt8] {
    guard let member = member(of: inode) else { throw .ENODATA }
    return try member.fileSystem.getxattr(member.inode, name)
  }

  package func listxattr(_ inode: InodeID) throws(Errno) -> [String] {
    guard let member = member(of: inode) else { return [] }
    return try member.fileSystem.listxattr(member.inode)
  }

  package func statfs(_ inode: InodeID) throws(Errno) -> FileSystemStatistics {
    guard let member = member(of: inode) else { return try buckets[0].fileSystem.statfs(.root) }
    return try member.fileSystem.statfs(member.inode)
  }

  package func opendir(_ inode: InodeID, caller: Caller) throws(Errno) -> HandleID {
    guard let member = member(of: inode) else { return HandleID(0) }
    return try member.fileSystem.opendir(member.inode, caller: caller)
  }

  package func readdir(
    _ inode: InodeID, _ handle: HandleID, from offset: Int64, plus: Bool, emit: (DirectoryEntry) -> Bool
  ) throws(Errno) {
    guard let member = member(of: inode) else { return readRoot(from: offset, emit) }
    try member.fileSystem.readdir(member.inode, handle, from: offset, plus: plus) { entry in
      var entry = entry
      // The root's own `.`, and the `..` of what lies in it.
      let isAboveRoot = entry.name == ".." && member.inode == .root
      entry.inode = isAboveRoot ? .root : member.outer(entry.inode)
      return emit(entry)
    }
  }

  private func readRoot(from offset: Int64, _ emit: (DirectoryEntry) -> Bool) {
    let entries =
      [(".", InodeID.root), ("..", .root)]
      + buckets.enumerated().map { ($1.name.string, BucketCollection.root(ofPlace: $0)) }
    for (index, entry) in entries.enumerated().dropFirst(Int(clamping: offset)) {
      let isTaken = emit(
        DirectoryEntry(name: entry.0, kind: .directory, inode: entry.1, nextOffset: Int64(index + 1)))
      guard isTaken else { return }
    }
  }

  package func releasedir(_ inode: InodeID, _ handle: HandleID) {
    if let member = member(of: inode) { member.fileSystem.releasedir(member.inode, handle) }
  }

  // MARK: From one bucket to another

  package func rename(
    _ parent: InodeID, _ name: Name, to newParent: InodeID, _ newName: Name, flags: RenameFlags, caller: Caller
  ) throws(Errno) {
    let (source, target) = (try bucket(of: parent), try bucket(of: newParent))
    guard source.root == target.root else { throw Errno(EXDEV) }
    try source.fileSystem.rename(
      source.inode, name, to: target.inode, newName, flags: flags, caller: caller)
  }

  package func copyFileRange(from source: FilePlace, to target: FilePlace, length: Int) throws(Errno) -> Int {
    let (from, to) = (try bucket(of: source.inode), try bucket(of: target.inode))
    // The kernel reads and writes.
    guard from.root == to.root else { throw .EOPNOTSUPP }
    return try from.fileSystem.copyFileRange(from: source, to: target, length: length)
  }
}
