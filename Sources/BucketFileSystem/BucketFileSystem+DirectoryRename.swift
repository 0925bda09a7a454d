// SPDX-License-Identifier: Apache-2.0
//
// rename(2) of directories.
//
// A journal in the cache index (PendingRename) brings every rename to one end or the other, whatever happens:
// 1. The intent is recorded durably: both prefixes, phase `copying`.
// 2. All keys below the old prefix are copied, in parallel (PrefixCopy), and the journal knows which versions.
// 3. Local copies of files take their new keys, and the phase becomes `deleting`, durably. This decides.
// 4. The old keys are deleted, each only as the version that was copied (RenameSettlement), and the record goes.
// A run that ends before 3 is undone by the next one: the copies go, the old tree was never touched. One that ends after 3 is
// finished. Of two trees that are both there an object goes only while its counterpart is there and the version is the one that the
// journal knows (RenameRemains): so what another client wrote stays, in either, and no bytes go that are nowhere else.
// Uploads of files below wait meanwhile: published under the old name, their bytes would be deleted with that.
// The new prefix is listed right before, and nothing is copied over what is there then. Nobody makes a name in either directory here
// until the old keys are gone: the kernel holds the inode lock (i_rwsem) of both parents for the whole of rename(2), and PathTurns
// keeps everything below the moved directory out.
// What can go wrong: a copy is refused, or a new key cannot be recorded in the cache; then the copies are removed and the old tree
// is as it was. The store stops answering before that, or before the old keys are gone: the rename returns the error, and
// PendingRenames goes on.

import Locking
import S3Client
import Transfer
import VFS
import WriteBackCache

extension BucketFileSystem {
  /// Copies all keys of a directory and gives the files in it their new ones.
  func moveDirectory(
    _ node: Node, _ newParent: InodeID, _ newName: Name, replacing target: Node?, _ flags: RenameFlags
  ) throws(Errno) -> OldObjects {
    let oldPrefix = try tree.key(node.inode).string
    let newPrefix = try tree.key(newParent, newName, isDirectory: true).string
    let inside = tree.descendants(node.inode).filter { $0.kind != .directory }
    var held: [(file: CacheFile, key: ObjectKey)] = []
    for child in inside {
      guard let file = child.state.withLock({ $0.file }) else { continue }
      let key = try tree.key(child.inode)
      let length = key.string.utf8.count - oldPrefix.utf8.count + newPrefix.utf8.count
      guard length <= ObjectKey.maximumLength else { throw .ENAMETOOLONG }
      held.append((file, key))
    }
    // Of those that no copy is made of only this shows whether the store takes their keys.
    let longest = held.filter { !$0.file.mayExistInBucket }.max { $0.key.string.utf8.count < $1.key.string.utf8.count }
    if let longest {
      try requireRoom(
        for: ObjectKey(newPrefix + String(Substring(longest.key.string.utf8.dropFirst(oldPrefix.utf8.count)))))
    }
    var suspended: [CacheFile] = []
    defer { for file in suspended { cache.resume(file) } }
    for (file, _) in held {
      try suspend(file)
      suspended.append(file)
    }
    // That nothing is there may be what was known a while ago. An empty directory may be replaced.
    let isThere = target == nil ? try isEmptyDirectory(newPrefix) : false
    if isThere, flags.contains(.noReplace) { throw .EEXIST }
    let rename = try local { () throws(WriteBackFailure) in
      try cache.beginRename(from: oldPrefix, to: newPrefix, keepsMarker: target != nil || isThere)
    }
    let move = PrefixCopy(client: client, cache: cache, rename: rename, markers: knownMarkers(node))
    let copies: [ObjectKey: PrefixCopy.Copied]
    do throws(WriteBackFailure) {
      copies = try BlockingBridge.run { () async throws(WriteBackFailure) in try await move.copy() }
      try carry(held, with: copies, move)
    } catch {
      undo(rename)
      throw reportRename(error)
    }
    for child in inside {
      guard let key = try? tree.key(child.inode), let copied = copies[key] else { continue }
      // A file that was opened before somebody else changed it still has that conflict, under its new name.
      let base = child.state.withLock { $0.file.map(\.base) } ?? copied.written.etag
      guard base == copied.written.etag else { continue }
      moved(child, from: copied.source, to: move.newKey(key), copied.written, size: copied.size)
    }
    node.directory?.hasMarker = true
    moveMarkers(from: ObjectKey(oldPrefix), to: ObjectKey(newPrefix))
    for key in copies.keys { attributeCache.forget(key) }
    var decided = rename
    decided.phase = .deleting
    return .directory(decided)
  }

  /// Asks the bucket whether there is an empty directory under `prefix`. Throws ENOTEMPTY when there is one with anything in it.
  private func isEmptyDirectory(_ prefix: String) throws(Errno) -> Bool {
    let page = try ask(.lookup) { [client] () async throws(S3Error) in
      try await client.listObjects(prefix: prefix, delimiter: "/", maximumKeys: 2)
    }
    let isEmpty = page.commonPrefixes.isEmpty && page.objects.allSatisfy { $0.key == ObjectKey(prefix) && $0.size == 0 }
    guard isEmpty else { throw .ENOTEMPTY }
    return !page.objects.isEmpty
  }

  /// What is known here of the directories that are moved, in the form of their markers.
  private func knownMarkers(_ directory: Node) -> [ObjectKey: ObjectProperties] {
    var markers: [ObjectKey: ObjectProperties] = [:]
    for node in [directory] + tree.descendants(directory.inode) where node.kind == .directory {
      guard let key = try? tree.key(node.inode) else { continue }
      markers[key] = node.state.withLock { state in
        var properties = state.objectProperties(.directory, configuration)
        if !state.modifiedIsExplicit { properties.metadata["mtime"] = nil }
        return properties
      }
    }
    return markers
  }

  /// Gives local copies their new keys and decides the rename: all or nothing.
  private func carry(
    _ files: [(file: CacheFile, key: ObjectKey)], with copies: [ObjectKey: PrefixCopy.Copied], _ move: PrefixCopy
  ) throws(WriteBackFailure) {
    var done: [(file: CacheFile, origin: CacheFile.Origin)] = []
    do throws(WriteBackFailure) {
      for (file, key) in files {
        let (copied, base, origin) = (copies[key], file.base, file.origin)
        let isOurs = base == copied?.source
        let place = CacheFile.Place.version(isOurs || copied == nil ? copied?.written.etag : base)
        try file.move(to: move.newKey(key), place, keepsConditions: true)
        done.append((file, origin))
      }
      try cache.note(.deleting, of: move.rename)
      for (file, _) in done { file.concludeMove() }
    } catch {
      for (file, origin) in done {
        do throws(WriteBackFailure) { try file.moveBack(to: origin) } catch { _ = report(error) }
      }
      throw error
    }
  }

  /// Removes the copies, now or when the store answers again.
  private func undo(_ rename: PendingRename) {
    do throws(WriteBackFailure) {
      // It may have been decided, and that not have become durable.
      try? cache.note(.copying, of: rename)
      _ = try settle(rename)
    } catch {
      _ = reportRename(error)
    }
  }

  /// Deletes what a rename leaves behind, now or when the store answers again.
  ///
  /// - Returns: false when somebody else has something there.
  func settle(_ rename: PendingRename) throws(WriteBackFailure) -> Bool {
    let pending = pendingRenames
    return try BlockingBridge.run { () async throws(WriteBackFailure) in
      do throws(WriteBackFailure) {
        return try await pending.settlement.settle(rename, isFresh: true)
      } catch {
        if error.isTransient { pending.add(rename) } else { await pending.giveUp(rename, error) }
        throw error
      }
    }
  }

  func reportRename(_ failure: WriteBackFailure) -> Errno {
    if case .store(let error) = failure { report(error, .other) } else { report(failure) }
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
