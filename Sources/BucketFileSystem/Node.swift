// SPDX-License-Identifier: Apache-2.0
//
// One file, directory or link that the kernel, or a dirty copy, knows.
//
// State: what is known of it, when that was last confirmed, and its local copy while there is one, behind one lock. Its
// place in the tree is the tree's. Operations that change the bucket for a node (publish, rename, unlink, attributes) take
// turns through `exclusively`; that turn may be held across the network, the lock never.
// Lock order: tree, node, then anything of the cache.

import Glibc
import Locking
import S3Client
import Transfer
import VFS
import WriteBackCache

final class Node: Sendable {
  /// The object as the bucket has it.
  struct Remote: Equatable, Sendable {
    var etag: ETag
    var size: Int64
    /// Seconds since 1970; nil for a version that we wrote and have not seen listed.
    var lastModified: Int64?
    var storageClass: String?
    var versionID: String?
    var checksumCRC32: String?
  }

  struct State {
    var permissions: UInt32
    var uid: UInt32
    var gid: UInt32
    /// Of a device node: which one it stands for.
    var device: UInt64 = 0
    var size: Int64 = 0
    var accessed: Timestamp
    var modified: Timestamp
    var changed: Timestamp
    /// Of a directory: when an entry of it changed here last, unless its time was set since.
    var lastEntryChange: Timestamp?
    /// Whether somebody set the modification time, as opposed to a write that moved it.
    var modifiedIsExplicit = false
    /// Nil while the bucket has nothing under the key, as far as we know.
    var remote: Remote?
    /// All properties of the object without stored attributes; nil until a HEAD told them or we wrote it.
    var properties: ObjectProperties?
    /// Monotonic seconds when the bucket last confirmed all this.
    var confirmedAt: Double
    var file: CacheFile?
    var handles = 0
    /// Those of them that may write; their close publishes.
    var writers = 0
    /// The version whose pages the kernel may have.
    var pageVersion: ETag?
    var linkTarget: String?
    /// The version that `linkTarget` was read from; nil when we wrote it.
    var linkVersion: ETag?
    /// Truncated by name while somebody had it open for writing: a close of theirs publishes that.
    var wasResizedByName = false
    /// Attributes that the store has not been told.
    var hasPendingAttributes = false
    var isBusy = false
    /// Unlinked or replaced: it has no name any more.
    var isDetached = false
    /// A call of this machine took its name away, so that the kernel knows: whoever still has it (O_PATH, a working directory) is told
    /// what it was.
    var wasRemoved = false
    var readers: [WeakReader] = []
  }

  struct WeakReader {
    weak var reader: ObjectReader?
  }

  let inode: InodeID
  let kind: FileKind
  /// For directories.
  let directory: DirectoryState?
  let state: Lock<State>

  init(inode: InodeID, kind: FileKind, state: sending State) {
    self.inode = inode
    self.kind = kind
    self.state = Lock(state)
    directory = kind == .directory ? DirectoryState() : nil
  }

  /// Runs `body` while no other change of the bucket for this node runs. Blocks; not reentrant. Throws EINTR when the program was
  /// told to stop before its turn came.
  func exclusively<Result>(_ body: () throws(Errno) -> Result) throws(Errno) -> Result {
    do throws(Interrupted) {
      try state.waitInterruptibly { state -> Void? in
        guard !state.isBusy else { return nil }
        state.isBusy = true
        return ()
      }
    } catch {
      throw .EINTR
    }
    defer { state.withLockAndNotify { $0.isBusy = false } }
    return try body()
  }

  /// Whether the truth about this node is here and not in the bucket.
  var isLocal: Bool { state.withLock { $0.isLocal } }

  /// Whether somebody else has its name now and nothing is left of it here: the kernel alone remembers it, for a moment.
  var isForsaken: Bool { kind == .regular && state.withLock { $0.isForsaken } }

  /// Whether what is known may be told without asking the bucket.
  func isCurrent(timeToLive: Double) -> Bool { state.withLock { $0.isCurrent(timeToLive: timeToLive) } }

  var attributes: Attributes {
    state.withLock { state in
      Attributes(
        inode: inode, kind: kind, permissions: state.permissions,
        linkCount: state.isDetached ? 0 : directory?.linkCount ?? 1, uid: state.uid,
        gid: state.gid, device: state.device, size: state.file?.size ?? state.size, accessed: state.accessed,
        modified: state.modified,
        changed: state.changed)
    }
  }
}

extension Node.State {
  /// The bucket has this of the local copy.
  mutating func take(_ publication: CacheFile.Publication) {
    remote = Node.Remote(
      etag: publication.written.etag, size: publication.size, versionID: publication.written.versionID)
    pageVersion = publication.written.etag
    confirmedAt = MonotonicTime.now
  }

  /// Learns of an upload in the background that has ended: the local copy is clean a moment before the observer is told, and
  /// whoever goes by what the bucket has in that moment must not miss it.
  mutating func takeUpload() {
    guard let file, let publication = file.publication, publication.key == file.key,
      publication.written.etag == file.base, publication.written.etag != remote?.etag
    else { return }
    take(publication)
  }

  /// Gives away the local copy, and with it the name: in one step, so that nobody makes the node another one.
  ///
  /// - Returns: false when it has another copy, or none; nothing was done.
  mutating func forsake(_ copy: CacheFile) -> Bool {
    guard file === copy else { return false }
    (file, pageVersion, isDetached) = (nil, nil, true)
    return true
  }

  /// Of a file: whether nothing is left of it here, and it has no name.
  var isForsaken: Bool { isDetached && file == nil }

  func isCurrent(timeToLive: Double) -> Bool { isLocal || MonotonicTime.now - confirmedAt <= timeToLive }

  /// Whether the truth about this node is here and not in the bucket. A clean copy that nobody has open is given up once it is
  /// known here what the bucket has; until then an answer of the bucket may be older than that.
  var isLocal: Bool { isBusy || hasPendingAttributes || isDetached || file != nil }
}

enum MonotonicTime {
  /// Seconds since some fixed moment; never jumps.
  static var now: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
