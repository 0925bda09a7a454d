// SPDX-License-Identifier: Apache-2.0
//
// rename(2) of directories.
//
// All keys below the old prefix are copied, in parallel; then the local copies of files take their new keys; then the old keys are
// deleted. Uploads of files below wait meanwhile: published under the old name, their bytes would be deleted with that.
// What can go wrong: a copy is refused, or a new key cannot be recorded in the cache; then the copies that were made are removed
// and the old tree is as it was. The copies are complete and another client changes an old object: that change is lost, since
// stores delete many objects in one request without a condition for each.

import Locking
import S3Client
import Transfer
import VFS
import WriteBackCache

extension BucketFileSystem {
  /// Copies all keys of a directory and gives the files in it their new ones.
  func moveDirectory(
    _ node: Node, _ newParent: InodeID, _ newName: Name, replacing target: Node?
  ) throws(Errno) -> OldObjects {
    let oldPrefix = try tree.key(node.inode).string
    let newPrefix = try tree.key(newParent, newName, isDirectory: true).string
    let inside = tree.descendants(node.inode).filter { $0.kind != .directory }
    var held: [(file: CacheFile, key: ObjectKey)] = []
    for child in inside {
      if let file = child.state.withLock({ $0.file }) { held.append((file, try tree.key(child.inode))) }
    }
    var suspended: [CacheFile] = []
    defer { for file in suspended { cache.resume(file) } }
    for (file, _) in held {
      try suspend(file)
      suspended.append(file)
    }
    let move = PrefixCopy(client: client, from: oldPrefix, to: newPrefix, replacesDirectory: target != nil)
    let copies = try ask { () async throws(S3Error) in try await move.copy() }
    do throws(Errno) {
      try local { () throws(WriteBackFailure) in try carry(held, with: copies, move) }
    } catch {
      _ = try? ask { () async throws(S3Error) in await move.remove(copies) }
      throw error
    }
    for child in inside {
      guard let key = try? tree.key(child.inode), let copied = copies[key] else { continue }
      // A file that was opened before somebody else changed it still has that conflict, under its new name.
      let base = child.state.withLock { $0.file.map(\.base) } ?? copied.written.etag
      guard base == copied.written.etag else { continue }
      moved(child, from: copied.source, to: move.newKey(key), copied.written, size: copied.size)
    }
    return .directory(prefix: oldPrefix, Array(copies.keys))
  }

  /// Gives local copies their new keys: all or none.
  private func carry(
    _ files: [(file: CacheFile, key: ObjectKey)], with copies: [ObjectKey: PrefixCopy.Copied], _ move: PrefixCopy
  ) throws(WriteBackFailure) {
    var done: [(file: CacheFile, key: ObjectKey, base: ETag?)] = []
    do throws(WriteBackFailure) {
      for (file, key) in files {
        let (copied, base) = (copies[key], file.base)
        let isOurs = base == copied?.source
        try file.move(to: move.newKey(key), .version(isOurs || copied == nil ? copied?.written.etag : base))
        done.append((file, key, base))
      }
    } catch {
      for (file, key, base) in done {
        do throws(WriteBackFailure) { try file.move(to: key, .version(base)) } catch { _ = report(error) }
      }
      throw error
    }
  }

  /// The copy that a conflict left beside a file while their directory moved has a key under the old name.
  func followKeys(_ directory: Node) {
    for node in tree.descendants(directory.inode) {
      guard let file = node.state.withLock({ $0.file }), let key = try? tree.key(node.inode), file.key != key else {
        continue
      }
      cache.suspend(file)
      do throws(WriteBackFailure) {
        let (old, wasPublished) = (file.key, file.hasPublished)
        // What is missing here is lost with the old name.
        if wasPublished { try file.hydrate() }
        try file.move(to: key, .version(wasPublished ? nil : node.etag), isUnpublished: wasPublished)
        if wasPublished {
          _ = try? ask { [client] () async throws(S3Error) in try await client.deleteObject(old) }
        }
      } catch {
        _ = report(error)
      }
      cache.resume(file)
      settleUnused(node)
    }
  }
}

extension Node {
  /// The version that the bucket has.
  var etag: ETag? { state.withLock { $0.remote?.etag } }
}
