// SPDX-License-Identifier: Apache-2.0
//
// rename(2): what files and directories have in common.
//
// First the new name becomes complete in the bucket, then the tree and the local copies change to it, then the old objects go. So a
// crash leaves both names, never none (of a directory the next run brings to an end what is left), and from the second step on there is no way back: a failure to remove what is old is
// returned, with the new name in place.
// Meanwhile nothing is made, removed or opened for writing in what is moved (PathTurns); handles that are open go on.
// What can go wrong: a failure before the new name is complete; the old name is as it was then.

import Locking
import Logging
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  package func rename(
    _ parent: InodeID, _ name: Name, to newParent: InodeID, _ newName: Name, flags: RenameFlags, caller: Caller
  ) throws(Errno) {
    try requireWritable()
    // An exchange, a whiteout.
    guard flags.subtracting(.noReplace).isEmpty else { throw .EINVAL }
    let source = try find(parent, name)
    try requireGrant(toRename: source, name, in: parent, to: newName, in: newParent)
    if source.kind == .directory { try settleRenames() }
    // It keeps its place in the tree, also when its copy is given up on the way.
    tree.pin(source.inode)
    defer { tree.unpin(source.inode) }
    if source.kind == .directory {
      // Attributes that wait would be written to the old names after the copies were made. Before the turn, which the threads
      // that write them may be waiting for.
      try attributeWriter.write(
        tree.descendants(source.inode).filter { $0.state.withLock { $0.hasPendingAttributes } })
    }
    try whileStill([parent, newParent], moving: source.inode) { () throws(Errno) in
      while true {
        // One of a directory below may have been left half done until it was our turn.
        if source.kind == .directory { try settleRenames() }
        let target = try existing(newParent, newName)
        if target === source { return }
        if target != nil, flags.contains(.noReplace) { throw .EEXIST }
        if source.kind == .directory {
          if tree.isInside(newParent, source.inode) { throw .EINVAL }
          if let target, target.kind != .directory { throw .ENOTDIR }
        } else if target?.kind == .directory {
          throw .EISDIR
        }
        // Two at once in a fixed order: two renames that cross must not wait for each other.
        let first = target.map { $0.inode.rawValue < source.inode.rawValue } ?? false ? target ?? source : source
        let second = first === source ? target : source
        let isDone = try first.exclusively { () throws(Errno) in
          guard let second else { return try move(source, parent, name, newParent, newName, replacing: nil, flags) }
          return try second.exclusively { () throws(Errno) in
            try move(source, parent, name, newParent, newName, replacing: target, flags)
          }
        }
        if isDone { return }
      }
    }
  }

  /// Returns false when the new name has changed hands before it was its turn.
  private func move(
    _ source: Node, _ parent: InodeID, _ name: Name, _ newParent: InodeID, _ newName: Name, replacing target: Node?,
    _ flags: RenameFlags
  ) throws(Errno) -> Bool {
    guard tree.child(parent, name) === source else { throw .ENOENT }
    guard tree.child(newParent, newName) === target else { return false }
    let old: OldObjects
    if source.kind == .directory {
      if let target { try requireEmpty(target) }
      try keepDirectory(parent, without: name)
      old = try moveDirectory(source, newParent, newName, replacing: target, flags)
    } else {
      if let target { try keepBytes(of: target) }
      try keepDirectory(parent, without: name)
      old = try moveFile(source, name, newParent, newName, replacing: target, flags)
    }
    tree.move(source, to: newParent, newName)
    // There is no way back from here.
    if source.kind == .directory { Interruption.shielded { followKeys(source) } }
    source.state.withLock { $0.changed = .now }
    target?.state.withLock { ($0.changed, $0.wasRemoved) = (.now, true) }
    let (oldParent, state) = try directory(parent)
    entryRemoved(from: oldParent, name)
    // Until the old objects are gone, whatever the bucket says.
    state.noteAbsent(name, at: .greatestFiniteMagnitude)
    entryAdded(to: try directory(newParent).node, newName, source.kind)
    do throws(Errno) {
      let isGone = try remove(old)
      let present = tree.child(parent, name)
      state.notePresent(name, isDirectory: (present ?? source).kind == .directory)
      if isGone, present == nil { state.noteAbsent(name, at: MonotonicTime.now) }
    } catch {
      state.notePresent(name, isDirectory: source.kind == .directory)
      throw error
    }
    return true
  }

  /// What a rename has left in the bucket under old names.
  enum OldObjects {
    case none
    /// Of this version, where that is known.
    case file(ObjectKey, ETag?)
    case directory(PendingRename)
  }

  /// Returns false when somebody else has the old name now.
  private func remove(_ old: OldObjects) throws(Errno) -> Bool {
    switch old {
    case .none: return true
    case .file(let key, let version):
      attributeCache.forget(key)
      return try ask { [client] () async throws(S3Error) in
        try await BucketFileSystem.delete(key, version, client)
      }
    case .directory(let rename):
      do throws(WriteBackFailure) {
        return try settle(rename)
      } catch {
        throw reportRename(error)
      }
    }
  }

  /// Returns false when another version is there: somebody else's, which stays.
  private static func delete(_ key: ObjectKey, _ version: ETag?, _ client: S3Client) async throws(S3Error) -> Bool {
    do throws(S3Error) {
      try await client.deleteObject(key, ifMatch: version)
      return true
    } catch {
      if error.isConditionFailure { return false }
      if error.isNotFound, error.code != "NoSuchBucket" { return true }
      // A store that knows no such condition.
      guard version != nil, error.status == 501 || error.code == "NotImplemented" else { throw error }
      try await client.deleteObject(key)
      return true
    }
  }
}
