// SPDX-License-Identifier: Apache-2.0
//
// stat(2), chmod(2), chown(2), utimensat(2), truncate(2), statvfs(3).
//
// Changed attributes of a file with a dirty copy travel with its upload. Those of a clean object are told to the store by a
// copy of the object onto itself, a moment later, so that several changes in a row cost one copy, and a rename that follows
// takes them along. An upload that was sealed before a change does not carry it; the copy then follows that upload.
// What can go wrong: the copy fails; it is tried again, and a change by somebody else wins.

import HTTPTransport
import Glibc
import Locking
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  package func getattr(_ inode: InodeID, handle: HandleID?) throws(Errno) -> TimedAttributes {
    let node = try tree.node(inode)
    do throws(Errno) {
      try refresh(node)
    } catch {
      // An open file has attributes even when its name is gone or the store does not answer.
      if handle == nil { throw error }
    }
    return TimedAttributes(attributes: attributes(node), timeToLive: timeToLive)
  }

  package func setattr(
    _ inode: InodeID, handle: HandleID?, changes: AttributeChanges, caller: Caller
  ) throws(Errno) -> TimedAttributes {
    try requireWritable()
    let node = try tree.node(inode)
    try refresh(node)
    if changes.changesObject { try requireGrantToChangeProperties(of: node) }
    if let size = changes.size {
      try requireGrant(toResize: node, to: size)
      try resize(node, to: size, handle: handle)
    }
    if changes.hasAttributes { try setAttributes(node, changes) }
    return TimedAttributes(attributes: attributes(node), timeToLive: timeToLive)
  }

  private func resize(_ node: Node, to size: Int64, handle: HandleID?) throws(Errno) {
    guard node.kind == .regular else { throw node.kind == .directory ? .EISDIR : .EINVAL }
    guard size >= 0 else { throw .EINVAL }
    if let handle {
      let open = try files.get(handle)
      try truncate(node, to: size)
      open.noteChange(wroteBytes: true)
      return
    }
    // truncate(2) has no close that could publish: it is published here, or by the close of somebody who has the file open for
    // writing.
    tree.pin(node.inode)
    node.state.withLock { $0.handles += 1 }
    defer {
      closed(node)
      tree.unpin(node.inode)
    }
    _ = try copyForChanges(node)
    try truncate(node, to: size)
    let hasWriter = node.state.withLock { state in
      state.wasResizedByName = state.writers > 0
      return state.wasResizedByName
    }
    if !hasWriter { try publish(node, handle: nil) }
  }

  private func setAttributes(_ node: Node, _ changes: AttributeChanges) throws(Errno) {
    let now = Timestamp.now
    let permissions = changes.permissions.map { self.permissions($0, of: node) }
    node.state.withLock { state in
      if let permissions { state.permissions = permissions & 0o7777 }
      if let uid = changes.uid { state.uid = uid }
      if let gid = changes.gid { state.gid = gid }
      if let time = changes.accessed { state.accessed = time.resolved(now) }
      if let time = changes.modified {
        state.modified = time.resolved(now)
        state.modifiedIsExplicit = true
        state.lastEntryChange = nil
      }
      state.changed = now
    }
    // The time of the last access is not stored: a change of it alone costs nothing.
    guard changes.changesObject else { return }
    try attributesChanged(node)
  }

  /// Lets the store know of changed attributes or extended attributes, with the upload or by a copy a moment later.
  func attributesChanged(_ node: Node) throws(Errno) {
    guard node.inode != .root, !isGiven(node), !node.state.withLock({ $0.isDetached }) else { return }
    if let file = node.state.withLock({ $0.file }), try setProperties(of: file, node) { return }
    let isNew = node.state.withLock { state in
      defer { state.hasPendingAttributes = true }
      return !state.hasPendingAttributes
    }
    if isNew {
      tree.pin(node.inode)
      if !attributeWriter.schedule(node) { tree.unpin(node.inode) }
    }
  }

  /// Tells the store the attributes of a node, now. Returns false when it should be tried again.
  func writeAttributes(_ node: Node) -> Bool {
    do throws(Errno) {
      try node.exclusively { () throws(Errno) in
        guard node.state.withLock({ $0.hasPendingAttributes && !$0.isDetached }) else { return }
        let file = node.state.withLock { $0.file }
        // An upload under way may have been sealed before the change: it is waited for, and none begins during the copy.
        if let file { cache.suspend(file) }
        defer { if let file { cache.resume(file) } }
        if let file, try setProperties(of: file, node) { return }
        do throws(Errno) {
          if node.kind == .directory { try writeMarker(node) } else { try copyOntoItself(node) }
        } catch {
          node.state.withLock { $0.hasPendingAttributes = true }
          throw error
        }
      }
      return true
    } catch {
      // Changed or removed by somebody else, or refused: asking again would not help.
      guard error == .ETIMEDOUT || error == .EIO else {
        node.state.withLock { $0.hasPendingAttributes = false }
        return true
      }
      return false
    }
  }

  private func copyOntoItself(_ node: Node) throws(Errno) {
    let key = try tree.key(node.inode)
    let known = node.state.withLock { state in
      state.takeUpload()
      return state.remote
    }
    guard let remote = known else { return }
    try learnProperties(of: node)
    let properties = node.state.withLock { state in
      // From here on a change is a new one.
      state.hasPendingAttributes = false
      return state.objectProperties(node.kind, configuration)
    }
    let copy = ObjectCopy(client: client)
    let source = CopySource(bucket: nil, key: key, ifMatch: remote.etag)
    let written = try ask(.overwrite) { () async throws(S3Error) in
      try await copy.copy(source, size: remote.size, to: key, properties: properties)
    }
    attributeCache.remember(key, written: written, StoredAttributes(metadata: properties.metadata))
    moved(node, from: remote.etag, to: key, written, size: remote.size)
  }

  /// The bytes of `node` are the object `key` of this version now. Who reads an older version than `source` goes on with that.
  func moved(_ node: Node, from source: ETag, to key: ObjectKey, _ written: WrittenObject, size: Int64) {
    let readers = node.state.withLock { state -> [ObjectReader] in
      // Same bytes, so the pages that the kernel has stay good.
      if state.pageVersion == state.remote?.etag { state.pageVersion = written.etag }
      if state.linkVersion == source { state.linkVersion = written.etag }
      // Together with what follows: an older upload whose observer is late must see that it is not the last word.
      if let file = state.file, file.base == source { file.rebase(written.etag) }
      state.remote = Node.Remote(etag: written.etag, size: size, versionID: written.versionID)
      state.confirmedAt = MonotonicTime.now
      return state.readers.compactMap(\.reader)
    }
    for reader in readers { reader.move(from: source, to: .init(key: key, etag: written.etag)) }
    noteChanged(node)
  }

  /// A bucket has no end: numbers that make df and installers content.
  package func statfs(_ inode: InodeID) throws(Errno) -> FileSystemStatistics {
    let blocks: UInt64 = 1 << 38
    return FileSystemStatistics(
      blockSize: 4_096, blocks: blocks, freeBlocks: blocks, files: 1 << 40, freeFiles: 1 << 40,
      maximumNameLength: UInt64(Name.maximumLength))
  }
}

extension AttributeChanges {
  /// Whether the store has to be told.
  fileprivate var changesObject: Bool { permissions != nil || uid != nil || gid != nil || modified != nil }

  fileprivate var hasAttributes: Bool {
    changesObject || accessed != nil
  }
}

extension AttributeChanges.Time {
  fileprivate func resolved(_ now: Timestamp) -> Timestamp {
    switch self {
    case .now: now
    case .at(let time): time
    }
  }
}

extension ObjectProperties {
  /// What is left when stored attributes are taken out.
  var withoutAttributes: ObjectProperties {
    var result = self
    for name in StoredAttributes.names { result.metadata[name] = nil }
    return result
  }
}
