// SPDX-License-Identifier: Apache-2.0
//
// rename(2).
//
// A file that was never uploaded is renamed here only. A clean object is copied by the store and then deleted; its changed
// attributes ride along. A dirty one is uploaded under the new name, then the old object is deleted. A directory is all its
// keys, copied in parallel, then deleted.
// Order: the new name is complete before the old one goes, so a crash leaves both, never none.
// What can go wrong: a failure half way through a directory; copies made so far are removed and the old tree is untouched.

import Logging
import Locking
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  package func rename(
    _ parent: InodeID, _ name: Name, to newParent: InodeID, _ newName: Name, flags: RenameFlags, caller: Caller
  ) throws(Errno) {
    try requireWritable()
    guard !flags.contains(.exchange) else { throw .EINVAL }
    waitUntilStill(parent)
    waitUntilStill(newParent)
    let source = try find(parent, name)
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
    let first = target.map { $0.inode.rawValue < source.inode.rawValue } ?? false ? target : source
    let second = first === source ? target : source
    try first?.exclusively { () throws(Errno) in
      guard let second else { return try move(source, parent, name, newParent, newName, replacing: nil, flags) }
      try second.exclusively { () throws(Errno) in
        try move(source, parent, name, newParent, newName, replacing: target, flags)
      }
    }
  }

  private func move(
    _ source: Node, _ parent: InodeID, _ name: Name, _ newParent: InodeID, _ newName: Name, replacing target: Node?,
    _ flags: RenameFlags
  ) throws(Errno) {
    guard tree.child(parent, name) === source, !source.state.withLock({ $0.isDetached }) else { throw .ENOENT }
    var leftover: Errno?
    defer { moving.withLockAndNotify { _ = $0.remove(source.inode) } }
    if source.kind == .directory {
      if let target { try requireEmpty(target) }
      try keepDirectory(parent, without: name)
      // Attributes that wait would be written to the old names after the copies were made.
      let inside = tree.descendants(source.inode)
      attributeWriter.write(inside.filter { $0.state.withLock { $0.hasPendingAttributes } })
      moving.withLock { _ = $0.insert(source.inode) }
      leftover = try moveDirectory(source, newParent, newName)
    } else {
      if let target { try keepBytes(of: target) }
      try keepDirectory(parent, without: name)
      // An upload of the target that ended after the copy would take the place of what is moved here.
      let replaced = target?.state.withLock { $0.file }
      if let replaced { cache.suspend(replaced) }
      defer { if let replaced { cache.resume(replaced) } }
      target?.state.withLock { $0.takeUpload() }
      let oldType = try guessTypeAgain(source, name, newName)
      let hidesObject = target.map { target in
        target.state.withLock { $0.remote != nil || $0.mayHideObject } || replaced?.mayExistInBucket ?? false
      }
      do throws(Errno) {
        try moveFile(source, newParent, newName, replacing: target, mustBeAbsent: flags.contains(.noReplace))
      } catch {
        if let oldType { source.state.withLock { $0.properties?.contentType = oldType } }
        throw error
      }
      if let target { forgetBytes(of: target) }
      // What was replaced is in the bucket until the upload: whoever removes this name before that removes it, too.
      if hidesObject ?? false, isDirty(source) { source.state.withLock { $0.mayHideObject = true } }
    }
    let absentSince = MonotonicTime.now
    tree.move(source, to: newParent, newName)
    if source.kind == .directory { followKeys(source) }
    try directory(parent).state.noteAbsent(name, at: absentSince)
    try directory(newParent).state.notePresent(newName)
    if let leftover { throw leftover }
  }

  // MARK: Files

  /// A type that was guessed from the old name is guessed from the new one: rsync and editors write under a temporary name.
  ///
  /// A type of somebody's choice stays, and so does any when the new name says nothing. Returns the old type when it changed.
  private func guessTypeAgain(_ node: Node, _ name: Name, _ newName: Name) throws(Errno) -> String? {
    guard node.kind == .regular, let type = mediaTypes.type(of: newName.string) else { return nil }
    let oldType = mediaTypes.type(of: name.string) ?? MediaTypes.unknown
    guard type != oldType else { return nil }
    if node.state.withLock({ $0.remote != nil && $0.properties == nil }) {
      let key = try tree.key(node.inode)
      let head = try ask { [client] () async throws(S3Error) in try await client.headObject(key) }
      node.state.withLock { $0.properties = $0.properties ?? head.properties.withoutAttributes }
    }
    let isChanged = node.state.withLock { state in
      guard state.properties?.contentType == oldType else { return false }
      state.properties?.contentType = type
      return true
    }
    guard isChanged else { return nil }
    try attributesChanged(node)
    return oldType
  }

  private func isDirty(_ node: Node) -> Bool { node.state.withLock { $0.file }?.isDirty ?? false }

  private func moveFile(
    _ node: Node, _ newParent: InodeID, _ newName: Name, replacing target: Node?, mustBeAbsent: Bool
  ) throws(Errno) {
    let oldKey = try tree.key(node.inode)
    let newKey = try tree.key(newParent, newName, isDirectory: false)
    let file = node.state.withLock { $0.file }
    if let file {
      cache.suspend(file)
      catchUp(node, with: file)
    }
    defer {
      if let file { cache.resume(file) }
      settleUnused(node)
    }
    node.state.withLock { $0.takeUpload() }
    if let file, file.isDirty, !file.isWhole {
      // The rest of it is under the old name: the store copies all of it, once it has what was changed.
      try publishExclusively(node, file, isHolder: true)
      if file.isDirty { try local { () throws(WriteBackFailure) in try file.hydrate() } }
    }
    if let file, file.isDirty {
      try moveDirty(node, file, from: oldKey, to: newKey, replacing: target)
    } else {
      try copyAndDelete(node, from: oldKey, to: newKey, mustBeAbsent: mustBeAbsent)
      if let file { try local { () throws(WriteBackFailure) in try file.move(to: newKey, base: node.etag) } }
    }
    attributeCache.forget(oldKey)
  }

  private func moveDirty(
    _ node: Node, _ file: CacheFile, from oldKey: ObjectKey, to newKey: ObjectKey, replacing target: Node?
  ) throws(Errno) {
    let wasInBucket = file.mayExistInBucket
    let base = file.base
    let (remote, hidesObject) = node.state.withLock { ($0.remote, $0.mayHideObject) }
    let isLast = !wasInBucket && !hidesObject
    // What was never uploaded replaces the target's object later: until then that is what it is a new version of. Otherwise a
    // removal or another rename would leave it, and the old content come back.
    let (replaced, copy) =
      target.flatMap { target in
        isLast ? target.state.withLock { ($0.remote, $0.file) } : nil
      } ?? (nil, nil)
    // Where nothing more can fail, both names change in one commit: of two files of one name a crash would let chance decide.
    try local { () throws(WriteBackFailure) in
      try file.move(to: newKey, base: replaced?.etag, replacing: copy)
    }
    node.state.withLock { ($0.remote, $0.mayHideObject) = (replaced, false) }
    // Never uploaded: nothing to tell the store. A closed file waits for its upload under the new name.
    guard !isLast else { return }
    do throws(Errno) {
      if wasInBucket { try publishExclusively(node, file, isHolder: true) }
      try ask { [client] () async throws(S3Error) in try await client.deleteObject(oldKey) }
    } catch {
      // Back to the old name, where the older version still is; that the new one may be under the other name does not help.
      node.state.withLock { ($0.remote, $0.mayHideObject) = (remote, hidesObject) }
      try local { () throws(WriteBackFailure) in try file.move(to: oldKey, base: base, isUnpublished: true) }
      throw error
    }
  }

  private func copyAndDelete(
    _ node: Node, from oldKey: ObjectKey, to newKey: ObjectKey, mustBeAbsent: Bool
  ) throws(Errno) {
    guard let remote = node.state.withLock({ $0.remote }) else { throw .ENOENT }
    let hadPending = node.state.withLock { $0.hasPendingAttributes }
    if hadPending, node.state.withLock({ $0.properties == nil }) {
      let head = try ask { [client] () async throws(S3Error) in try await client.headObject(oldKey) }
      node.state.withLock { $0.properties = head.properties.withoutAttributes }
    }
    // Without changed attributes the store copies what it has; with them the copy says the new ones.
    let properties = node.state.withLock { state -> ObjectProperties? in
      defer { state.hasPendingAttributes = false }
      return hadPending ? state.objectProperties(node.kind, configuration) : nil
    }
    let copy = ObjectCopy(client: client)
    let source = CopySource(bucket: nil, key: oldKey, ifMatch: remote.etag)
    let condition: WriteCondition = mustBeAbsent ? .isAbsent : .always
    do throws(Errno) {
      let written = try ask(mustBeAbsent ? .create : .overwrite) { () async throws(S3Error) in
        try await copy.copy(source, size: remote.size, to: newKey, properties: properties, condition: condition)
      }
      let stored = node.state.withLock { $0.stored(node.kind, configuration) }
      if properties != nil { attributeCache.remember(newKey, written: written, stored) }
      // Readers go on under the new name before the old one is gone.
      moved(node, from: remote.etag, to: newKey, written, size: remote.size)
    } catch {
      node.state.withLock { if hadPending { $0.hasPendingAttributes = true } }
      throw error
    }
    try ask { [client] () async throws(S3Error) in try await client.deleteObject(oldKey) }
  }

  // MARK: Directories

  /// Returns an error when the new names are complete and old ones are left.
  private func moveDirectory(_ node: Node, _ newParent: InodeID, _ newName: Name) throws(Errno) -> Errno? {
    let oldPrefix = try tree.key(node.inode).string
    let newPrefix = try tree.key(newParent, newName, isDirectory: true).string
    let inside = tree.descendants(node.inode)
    // A close in between waits: published under the old name, its bytes would be deleted with that.
    let held = inside.compactMap { child in child.state.withLock { $0.file } }
    for file in held { cache.suspend(file) }
    defer { for file in held { cache.resume(file) } }
    let keys = try ask { [client] () async throws(S3Error) in
      try await PrefixCopy(client: client).copy(oldPrefix, to: newPrefix)
    }
    for child in inside where child.kind != .directory {
      let oldKey = try tree.key(child.inode)
      let newKey = ObjectKey(newPrefix + String(Substring(oldKey.string.utf8.dropFirst(oldPrefix.utf8.count))))
      let copied = keys[oldKey]
      let file = child.state.withLock { $0.file }
      // A file that was opened before somebody else changed it still has that conflict, under its new name.
      let isOurs = file.map { $0.base == copied?.source } ?? true
      if let copied, isOurs { moved(child, from: copied.source, to: newKey, copied.written, size: copied.size) }
      if let file {
        let base = isOurs || copied == nil ? copied?.written.etag : file.base
        try local { () throws(WriteBackFailure) in try file.move(to: newKey, base: base) }
      }
    }
    for key in keys.keys { attributeCache.forget(key) }
    // From here on everything lives under the new names; there is no way back.
    let failures: [DeleteFailure]
    do throws(Errno) {
      failures = try ask { [client] () async throws(S3Error) in
        // The directory's own marker last: until then the old tree is still a tree.
        try await client.deleteObjects(Array(keys.keys).sorted(by: >))
      }
    } catch {
      return error
    }
    if let failure = failures.first {
      logger.error(
        "after a rename some old keys could not be deleted; delete them by hand",
        metadata: ["prefix": "\(oldPrefix)", "count": "\(failures.count)", "first": "\(failure)"])
      return .EIO
    }
    return nil
  }

  /// Files that were opened for writing while their directory moved still have a key under its old name.
  private func followKeys(_ directory: Node) {
    for node in tree.descendants(directory.inode) {
      guard let file = node.state.withLock({ $0.file }), let key = try? tree.key(node.inode), file.key != key else {
        continue
      }
      cache.suspend(file)
      do throws(WriteBackFailure) {
        let (old, wasPublished) = (file.key, file.hasPublished)
        // What is missing here is lost with the old name.
        if wasPublished { try file.hydrate() }
        try file.move(to: key, base: wasPublished ? nil : node.etag, isUnpublished: wasPublished)
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
