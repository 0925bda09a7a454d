// SPDX-License-Identifier: Apache-2.0
//
// open(2), creat(2).
//
// Before a file is opened the bucket is asked what it has, unless that is known well enough. A handle that only reads gets a
// reader of the version that is there now; one that writes gets the node a local copy.
// What can go wrong: another machine creates the same name; an exclusive create fails here or, at the latest, at close.

import AmplifyOutputs
import Glibc
import Locking
import Logging
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  package func open(_ inode: InodeID, flags: OpenFlags, caller: Caller) throws(Errno) -> OpenedFile {
    let node = try tree.node(inode)
    switch node.kind {
    case .directory: throw .EISDIR
    case .symbolicLink: throw Errno(ELOOP)
    // The kernel opens these by itself.
    case .fifo, .socket, .characterDevice, .blockDevice: throw Errno(ENXIO)
    case .regular: break
    }
    if flags.allowsWriting || flags.contains(.truncate) { try requireWritable() }
    // Linux then looks the name up again and opens what is there now (path_openat() repeats with LOOKUP_REVAL).
    if node.isForsaken { throw .ESTALE }
    try requireGrant(toOpen: node, flags)
    try refresh(node)
    tree.pin(inode)
    do throws(Errno) {
      let handle = try open(node, flags: flags, caller: caller)
      let version = node.state.withLock { state -> ETag? in
        defer { state.pageVersion = state.remote?.etag }
        return state.pageVersion
      }
      let isSame = version != nil && version == node.state.withLock { $0.remote?.etag }
      return OpenedFile(handle: handle, keepCache: isSame || node.isLocal && !flags.contains(.truncate))
    } catch {
      tree.unpin(inode)
      throw error
    }
  }

  private func open(_ node: Node, flags: OpenFlags, caller: Caller) throws(Errno) -> HandleID {
    // Who only reads has nothing to publish.
    let changes = flags.allowsWriting || flags.contains(.truncate)
    let opener = changes ? ProcessTable.process(of: caller.pid) : 0
    let file = OpenFile(node: node, flags: flags, openerProcess: opener)
    // Counted first, so that a local copy cannot be given up under this handle.
    node.state.withLock { state in
      state.handles += 1
      if flags.allowsWriting { state.writers += 1 }
    }
    do throws(Errno) {
      if flags.allowsWriting || flags.contains(.truncate) {
        _ = try copyForChanges(node)
      } else if node.state.withLock({ $0.file == nil && $0.remote != nil }) {
        // Now, not at the first read: what was read from the kernel's pages before that is of this version.
        _ = try reader(of: file)
      }
      if flags.contains(.truncate) {
        try truncate(node, to: 0)
        file.noteChange(wroteBytes: false)
      }
    } catch {
      closed(file)
      throw error
    }
    return files.add(file)
  }

  package func create(
    _ parent: InodeID, _ name: Name, permissions: UInt32, flags: OpenFlags, caller: Caller
  ) throws(Errno) -> (Entry, OpenedFile) {
    try requireWritable()
    try requireGrant(.write, on: name, in: parent)
    // The kernel has just looked; an exclusive creator wants to know better than a second ago.
    if let node = try existing(
      parent, name, maximumAge: flags.contains(.exclusive) ? min(0.1, configuration.metadataTimeToLive) : nil)
    {
      return try open(existing: node, flags: flags, caller: caller)
    }
    let (node, isNew) = try whileStill([parent]) { () throws(Errno) in
      try makeFile(parent, name, permissions: permissions, flags: flags, caller: caller)
    }
    guard isNew else { return try open(existing: node, flags: flags, caller: caller) }
    let file = OpenFile(node: node, flags: flags, openerProcess: ProcessTable.process(of: caller.pid))
    file.noteChange(wroteBytes: false)
    return (entry(node), OpenedFile(handle: files.add(file), keepCache: true))
  }

  private func open(
    existing node: Node, flags: OpenFlags, caller: Caller
  ) throws(Errno) -> (Entry, OpenedFile) {
    if flags.contains(.exclusive) { throw .EEXIST }
    tree.countLookup(node.inode)
    do throws(Errno) {
      return (entry(node), try open(node.inode, flags: flags, caller: caller))
    } catch {
      tree.forget(node.inode, 1)
      throw error
    }
  }

  /// A new file, with one handle, one lookup and a pin; or the one that has the name by now.
  private func makeFile(
    _ parent: InodeID, _ name: Name, permissions: UInt32, flags: OpenFlags, caller: Caller
  ) throws(Errno) -> (node: Node, isNew: Bool) {
    let (directory, _) = try directory(parent)
    let key = try tree.key(parent, name, isDirectory: false)
    try requireRoom(for: key)
    let owner = directory.owner(ofNew: .regular, permissions: permissions, by: caller)
    let (node, isNew) = try tree.insert(parent, name, .regular) {
      var state = Node.State.defaults(.regular, configuration, modified: .now)
      state.take(owner)
      state.properties = ObjectProperties(contentType: mediaTypes.type(of: name.string) ?? MediaTypes.unknown)
      // Local from the first moment: nobody may see it as absent.
      state.handles = 1
      state.writers = flags.allowsWriting ? 1 : 0
      return state
    }
    guard isNew else { return (node, false) }
    tree.countLookup(node.inode)
    tree.pin(node.inode)
    do throws(Errno) {
      let copy = try makeLocalCopy(node, key: key, base: nil, isExclusive: flags.contains(.exclusive))
      try local { () throws(WriteBackFailure) in try copy.markCreated() }
      cache.noteChanged(copy)
    } catch {
      tree.remove(node)
      // What was begun must not be published by a later drain.
      node.state.withLock { ($0.handles, $0.writers) = (0, 0) }
      forgetBytes(of: node)
      tree.unpin(node.inode)
      tree.forget(node.inode, 1)
      throw error
    }
    entryAdded(to: directory, name, .regular)
    return (node, true)
  }

  /// The node of a name, or nil when there is none.
  func existing(_ parent: InodeID, _ name: Name, maximumAge: Double? = nil) throws(Errno) -> Node? {
    do throws(Errno) {
      return try find(parent, name, maximumAge: maximumAge)
    } catch .ENOENT {
      return nil
    }
  }

  /// Asks the bucket again when what is known of a file is old.
  func refresh(_ node: Node) throws(Errno) {
    if node.state.withLock({ $0.wasRemoved }) { return }
    let timeToLive = configuration.metadataTimeToLive
    let (isGone, isCurrent) = node.state.withLock {
      ($0.isForsaken && $0.handles == 0, $0.isCurrent(timeToLive: timeToLive))
    }
    if isGone, node.kind == .regular { throw .ESTALE }
    guard !isCurrent, node.inode != .root, !isKnownByRules(node) else { return }
    let key = try tree.key(node.inode)
    guard node.kind != .directory else {
      let (found, askedAt) = try resolve(ObjectKey(String(key.string.dropLast())), expecting: .directory)
      guard case .directory(let marker) = found else {
        if holdsLocal(node) { return }
        throw .ENOENT
      }
      node.state.withLock {
        if !$0.isYounger(than: askedAt) { $0.take(marker: marker, configuration, askedAt: askedAt) }
      }
      return
    }
    let (answer, startedAt) = try ask(.lookup) { [self] () async throws(S3Error) in await heads.head(key) }
    switch answer {
    case .failure(let error):
      if error.isNotFound { throw .ENOENT }
      throw report(error, .lookup)
    case .success(let head):
      let stored = StoredAttributes(metadata: head.properties.metadata)
      guard stored.kind(ofSize: head.size) == node.kind else { throw .ESTALE }
      node.state.withLock { state in
        if !state.isYounger(than: startedAt) { state.take(head, stored, configuration, askedAt: startedAt) }
      }
    }
  }
}
