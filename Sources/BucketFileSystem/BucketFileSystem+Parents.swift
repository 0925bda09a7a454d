// SPDX-License-Identifier: Apache-2.0
//
// What an entry and its directory have to do with each other besides the name: times, the number of links, and the owner of what is
// made in it.
//
// POSIX: making, removing and renaming an entry moves the directory's mtime and ctime (open(2), unlink(2), rename(2)). The bucket is
// not told, which would be a request for each entry: the times last as long as the node, which is kept for that. What is made in a directory with the
// set-group-ID bit belongs to the directory's group, and a directory made there has the bit as well (inode(7)): a FUSE file system has
// to see to that itself.
// No state of its own; on FUSE workers, which hold the turn for the directory.

import Locking
import S3Client
import VFS

/// Who a new file belongs to, and what may be done with it.
struct NewOwner {
  let permissions: UInt32
  let uid: UInt32
  let gid: UInt32
}

extension BucketFileSystem {
  /// `name` is in the directory from now on.
  func entryAdded(to directory: Node, _ name: Name, _ kind: FileKind) {
    directory.directory?.notePresent(name, isDirectory: kind == .directory)
    directory.directory?.noteChanged(name)
    directory.state.withLock { $0.entriesChanged(at: .now) }
    tree.keep(directory.inode)
  }

  /// `name` is no more in the directory.
  func entryRemoved(from directory: Node, _ name: Name) {
    directory.directory?.noteAbsent(name, at: MonotonicTime.now)
    directory.state.withLock { $0.entriesChanged(at: .now) }
    tree.keep(directory.inode)
  }
}

extension Node {
  /// For what `caller` makes in this directory.
  func owner(ofNew kind: FileKind, permissions: UInt32, by caller: Caller) -> NewOwner {
    let (mode, gid) = state.withLock { ($0.permissions, $0.gid) }
    guard mode & Node.setGroupID != 0 else {
      return NewOwner(permissions: permissions & 0o7777, uid: caller.uid, gid: caller.gid)
    }
    let inherited = kind == .directory ? Node.setGroupID : 0
    return NewOwner(permissions: permissions & 0o7777 | inherited, uid: caller.uid, gid: gid)
  }

  private static let setGroupID: UInt32 = 0o2000
}

extension Node.State {
  mutating func take(_ owner: NewOwner) {
    (permissions, uid, gid) = (owner.permissions, owner.uid, owner.gid)
  }

  /// Of a directory: an entry of it was made, removed or renamed here.
  mutating func entriesChanged(at time: Timestamp) {
    (modified, changed, modifiedIsExplicit) = (time, time, false)
    lastEntryChange = time
  }
}
