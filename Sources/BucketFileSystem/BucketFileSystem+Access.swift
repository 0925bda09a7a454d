// SPDX-License-Identifier: Apache-2.0
//
// What the access rules of an Amplify project make of a bucket: what is refused, and what is shown without asking.
//
// For: mounts with `--amplify`. The rules are those of the identity that mounts, and do not change while it is mounted. An operation
// that they refuse is EACCES here, without a request, for root as well; what they grant the store still judges, and its 403 is EACCES
// too. Without rules nothing of this counts, and costs a comparison.
// No state; on FUSE workers. What can go wrong: rules that the backend has changed since the file was written. What it takes away the
// store refuses; what it adds shows after the next mount with the new file.

import AmplifyOutputs
import HTTPTransport
import Locking
import S3Client
import VFS
import WriteBackCache

extension BucketFileSystem {
  // MARK: What is refused

  /// Throws EACCES unless the rules grant all of `actions` on what has that name, or would have it.
  func requireGrant(
    _ actions: StorageAction..., on name: Name, in parent: InodeID, isDirectory: Bool = false
  ) throws(Errno) {
    guard let access = configuration.access else { return }
    let key = try tree.key(parent, name, isDirectory: isDirectory).string
    guard actions.allSatisfy({ access.allows($0, key) }) else { throw .EACCES }
  }

  /// Throws EACCES unless the rules grant all of `actions` on a file or directory. What has no name is nobody's but its users'.
  func requireGrant(_ actions: StorageAction..., on node: Node) throws(Errno) {
    guard let access = configuration.access, let key = key(ofNamed: node) else { return }
    guard actions.allSatisfy({ access.allows($0, key) }) else { throw .EACCES }
  }

  /// What a program needs to open a file that exists. Who writes without replacing all builds on what is there.
  func requireGrant(toOpen node: Node, _ flags: OpenFlags) throws(Errno) {
    guard configuration.access != nil else { return }
    let isHere = node.state.withLock { $0.file != nil }
    if flags.allowsReading { try requireGrant(.get, on: node) }
    guard flags.allowsWriting || flags.contains(.truncate) else { return }
    try requireGrant(.write, on: node)
    if !flags.contains(.truncate), !isHere { try requireGrant(.get, on: node) }
  }

  /// A new length; see also ``requireGrantToChangeProperties(of:)``.
  func requireGrant(toResize node: Node, to size: Int64) throws(Errno) {
    guard configuration.access != nil else { return }
    try requireGrant(.write, on: node)
    if size > 0, node.state.withLock({ $0.file == nil }) { try requireGrant(.get, on: node) }
  }

  /// Properties of an object are changed by a copy of it, which reads and writes it; those of a file that is dirty here by its upload.
  func requireGrantToChangeProperties(of node: Node) throws(Errno) {
    guard configuration.access != nil else { return }
    try requireGrant(.write, on: node)
    let travels = node.state.withLock { $0.file }?.carriesProperties ?? false
    if !travels, node.kind != .directory { try requireGrant(.get, on: node) }
  }

  /// What is only here costs no request.
  func requireGrant(toRemove name: Name, in parent: InodeID) throws(Errno) {
    guard configuration.access != nil else { return }
    let isOnlyHere = tree.child(parent, name).map(isOnlyHere) ?? false
    try requireGrant(isOnlyHere ? .write : .delete, on: name, in: parent)
  }

  private func isOnlyHere(_ node: Node) -> Bool {
    node.state.withLock { $0.remote == nil && $0.file.map { !$0.mayExistInBucket } ?? false }
  }

  /// rmdir looks whether the directory is empty, and removes its marker. What the rules name stays.
  func requireGrant(toRemoveDirectory name: Name, in parent: InodeID) throws(Errno) {
    guard let access = configuration.access else { return }
    let directory = try tree.key(parent).string
    guard access.standing(of: name.string, in: directory) != .given else { throw .EACCES }
    try requireGrant(.delete, .list, on: name, in: parent, isDirectory: true)
  }

  /// A rename copies, and removes what was copied; of a directory all that is below it. When it fails on the way, the copies go.
  func requireGrant(toRename source: Node, _ name: Name, in parent: InodeID, to newName: Name, in newParent: InodeID)
    throws(Errno)
  {
    guard let access = configuration.access else { return }
    guard source.kind == .directory else {
      try requireGrant(.write, on: newName, in: newParent)
      if !isOnlyHere(source) { try requireGrant(.get, .delete, on: name, in: parent) }
      return
    }
    let old = try tree.key(parent, name, isDirectory: true).string
    let new = try tree.key(newParent, newName, isDirectory: true).string
    guard access.standing(of: name.string, in: try tree.key(parent).string) != .given,
      access.standing(of: newName.string, in: try tree.key(newParent).string) != .given,
      access.allows([.get, .list, .delete], below: old), access.allows([.write, .list, .delete], below: new)
    else { throw .EACCES }
  }

  /// Whether a request may be made that reads the object.
  func mayRead(_ key: ObjectKey) -> Bool { configuration.access?.allows(.get, key.string) ?? true }

  /// Whether the bucket may be asked what is below a prefix.
  func mayList(_ prefix: String) -> Bool { configuration.access?.allows(.list, prefix) ?? true }

  /// Whether a marker may be needed, and written, when the last entry of a directory goes.
  func mayKeep(_ prefix: String) -> Bool {
    configuration.access.map { $0.allows(.list, prefix) && $0.allows(.write, prefix) } ?? true
  }

  // MARK: What is shown

  /// Answers for a name where the rules do so; nil when the bucket is to be asked. Throws ENOENT; EACCES.
  func findByRules(_ parent: InodeID, _ name: Name, _ directory: DirectoryState) throws(Errno) -> Node? {
    guard let access = configuration.access else { return nil }
    switch access.standing(of: name.string, in: try tree.key(parent).string) {
    case .asked: return nil
    case .given: return try installGiven(parent, name, directory)
    case .kept:
      guard let node = tree.child(parent, name) else { throw .ENOENT }
      return node
    case .hidden: throw .ENOENT
    case .refused: throw .EACCES
    }
  }

  private func installGiven(_ parent: InodeID, _ name: Name, _ directory: DirectoryState) throws(Errno) -> Node {
    let (node, _) = try tree.insert(parent, name, .directory) {
      Node.State.defaults(.directory, configuration, modified: mountedAt)
    }
    // Nothing keeps it but the rules.
    node.directory?.hasMarker = true
    node.state.withLock { $0.confirmedAt = MonotonicTime.now }
    directory.notePresent(name, isDirectory: true)
    return node
  }

  /// Whether what is known of a node is all that can be known: the bucket is not asked again.
  func isKnownByRules(_ node: Node) -> Bool {
    guard let access = configuration.access, let place = tree.place(of: node.inode),
      let directory = try? tree.key(place.parent).string
    else { return false }
    return access.standing(of: place.name.string, in: directory) != .asked
  }

  /// A new listing of a directory: what the bucket tells, and what the rules lead to. Throws EACCES when there is neither.
  func makeListing(_ directory: InodeID) throws(Errno) -> DirectoryListing {
    let prefix = try tree.key(directory).string
    guard let access = configuration.access else { return DirectoryListing(prefix: prefix, client: client) }
    let given = access.leadingNames(in: prefix).compactMap { Name($0) }
    guard access.showsNames(in: prefix) else { throw .EACCES }
    return DirectoryListing(
      prefix: prefix, client: client, given: given, asksBucket: access.allows(.list, prefix))
  }

  /// Whether a directory is there because the rules name it: nothing of it is kept, like nothing of the root.
  func isGiven(_ node: Node) -> Bool {
    guard let access = configuration.access, node.kind == .directory, let place = tree.place(of: node.inode),
      let directory = try? tree.key(place.parent).string
    else { return false }
    return access.standing(of: place.name.string, in: directory) == .given
  }

  /// The permission bits that chmod(2) means: those that are not shown stay as they are.
  func permissions(_ asked: UInt32, of node: Node) -> UInt32 {
    guard let access = configuration.access, let key = key(ofNamed: node) else { return asked }
    let mask = access.permissionMask(of: key, isDirectory: node.kind == .directory)
    return asked & mask | node.state.withLock { $0.permissions } & ~mask
  }

  /// Attributes of a node as a program sees them.
  func attributes(_ node: Node) -> Attributes {
    var attributes = node.attributes
    if let access = configuration.access, let key = key(ofNamed: node) {
      attributes.permissions &= access.permissionMask(of: key, isDirectory: node.kind == .directory)
    }
    return attributes
  }

  /// nil for what has no name.
  private func key(ofNamed node: Node) -> String? { try? tree.key(node.inode).string }
}
