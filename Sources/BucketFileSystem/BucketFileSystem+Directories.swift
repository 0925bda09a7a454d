// SPDX-License-Identifier: Apache-2.0
//
// readdir(3), mkdir(2), rmdir(2), unlink(2), symlink(2).
//
// A directory is a common prefix or a zero-byte marker `name/`. mkdir writes a marker; before the last entry of a directory
// goes, the directory gets one, so that it stays. A listing is what the bucket says, plus the files that are only here.
// What can go wrong: another client fills a directory between the check of rmdir and the removal of its marker; the directory
// then still exists through its entries, which is right.

import HTTPTransport
import Logging
import Glibc
import Locking
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  // MARK: Reading

  package func opendir(_ inode: InodeID, caller: Caller) throws(Errno) -> HandleID {
    let (node, state) = try directory(inode)
    let listing = try newListing(node, state)
    tree.pin(inode)
    return directories.add(OpenDirectory(node: node, listing: listing))
  }

  private func newListing(_ node: Node, _ state: DirectoryState) throws(Errno) -> DirectoryListing {
    let listing = DirectoryListing(prefix: try tree.key(node.inode).string, client: client)
    state.listing = listing
    return listing
  }

  package func readdir(
    _ inode: InodeID, _ handle: HandleID, from offset: Int64, plus: Bool, emit: (DirectoryEntry) -> Bool
  ) throws(Errno) {
    let open = try directories.get(handle)
    guard let state = open.node.directory else { throw .ENOTDIR }
    if offset == 0 {
      // rewinddir(3): the directory as it is now.
      let listing = open.listing.withLock { $0 }
      if listing.isComplete, MonotonicTime.now - listing.startedAt > configuration.metadataTimeToLive {
        let fresh = try newListing(open.node, state)
        open.listing.withLock { $0 = fresh }
        open.locals.withLock { $0 = nil }
      }
      // Before anything is emitted: behind entries an error is kept back, and a silent store would be waited for twice.
      _ = try entries(of: open.listing.withLock { $0 }, from: 0)
      guard emit(DirectoryEntry(name: ".", kind: .directory, inode: inode, nextOffset: 1)) else { return }
    }
    if offset <= 1 {
      guard emit(DirectoryEntry(name: "..", kind: .directory, inode: tree.parent(of: inode), nextOffset: 2)) else {
        return
      }
    }
    let listing = open.listing.withLock { $0 }
    // Offsets 0 and 1 are `.` and `..`; entry i of the listing has offset i + 2.
    var position = Int(max(offset, 2)) - 2
    while true {
      let entries = try entries(of: listing, from: position)
      guard !entries.isEmpty else { break }
      for entry in entries {
        let next = Int64(position + 3)
        guard try emitListed(entry, open.node, state, plus: plus, nextOffset: next, emit) else { return }
        position += 1
      }
    }
    noteHidden(listing)
    try emitLocals(open, listing, from: position, plus: plus, emit)
  }

  private func entries(
    of listing: DirectoryListing, from position: Int
  ) throws(Errno) -> ArraySlice<DirectoryListing.Entry> {
    do throws(S3Error) {
      return try listing.entries(from: position, limit: 1_000)
    } catch {
      throw report(error, .lookup)
    }
  }

  private func emitListed(
    _ entry: DirectoryListing.Entry, _ parent: Node, _ directory: DirectoryState, plus: Bool, nextOffset: Int64,
    _ emit: (DirectoryEntry) -> Bool
  ) throws(Errno) -> Bool {
    let known = tree.child(parent.inode, entry.name)
    // Removed here since the page was asked for.
    if known == nil, let absence = directory.absence(of: entry.name), absence >= entry.askedAt { return true }
    directory.witness = entry.name
    var kind: FileKind? = known?.kind
    var answer: Entry?
    var node = known
    switch entry.content {
    case .directory:
      kind = kind ?? .directory
      if let known, known.kind == .directory {
        known.state.withLock { $0.confirmedAt = max($0.confirmedAt, entry.askedAt) }
      }
    case .object(let etag, let size, let lastModified):
      let version = AttributeCache.Version(etag: etag, lastModified: lastModified)
      let key = try tree.key(parent.inode, entry.name, isDirectory: false)
      if let stored = attributeCache.attributes(of: key, version: version) {
        kind = stored.kind == .symbolicLink ? .symbolicLink : .regular
        if plus {
          node = try install(
            listed: stored, size: size, version, parent.inode, entry.name, directory, askedAt: entry.askedAt)
        }
      } else if kind == nil, size == 0 || size > 4_095 {
        // A symbolic link is never empty and never longer than a path: only in between it takes a HEAD to know.
        kind = .regular
      }
    }
    if plus, let node, node.isCurrent(timeToLive: configuration.metadataTimeToLive), tree.countLookup(node.inode) {
      answer = self.entry(node)
    }
    let taken = emit(
      DirectoryEntry(
        name: entry.name.string, kind: kind, inode: node?.inode ?? .listed(entry.name), nextOffset: nextOffset,
        entry: answer))
    // A node that was made here and not told of goes again.
    if let node {
      if answer == nil, known == nil { tree.forget(node.inode, 0) }
      if answer != nil, !taken { tree.forget(node.inode, 1) }
    }
    return taken
  }

  /// What is here and not yet in the bucket, or is there since after the listing was asked for.
  private func emitLocals(
    _ open: OpenDirectory, _ listing: DirectoryListing, from position: Int, plus: Bool, _ emit: (DirectoryEntry) -> Bool
  ) throws(Errno) {
    let count = listing.count
    let names = open.locals.withLock { names in
      if let names { return names }
      let found = tree.children(open.node.inode)
        .filter { listing.entry($0.name) == nil && isMissing($0.node, in: listing) }.map(\.name).sorted()
      names = found
      return found
    }
    for (index, name) in names.enumerated().dropFirst(position - count) {
      guard let node = tree.child(open.node.inode, name), isMissing(node, in: listing) else { continue }
      if plus, !tree.countLookup(node.inode) { continue }
      let taken = emit(
        DirectoryEntry(
          name: name.string, kind: node.kind, inode: node.inode, nextOffset: Int64(count + index + 3),
          entry: plus ? entry(node) : nil))
      if !taken {
        if plus { tree.forget(node.inode, 1) }
        return
      }
    }
  }

  private func isMissing(_ node: Node, in listing: DirectoryListing) -> Bool {
    holdsLocal(node) || node.state.withLock { $0.confirmedAt > listing.startedAt }
  }

  private func noteHidden(_ listing: DirectoryListing) {
    guard listing.hiddenCount > 0, listing.reportHiddenOnce() else { return }
    logger.warning(
      "some keys cannot be file names and are hidden",
      metadata: ["prefix": "\(listing.prefix)", "count": "\(listing.hiddenCount)"])
  }

  package func releasedir(_ inode: InodeID, _ handle: HandleID) {
    if directories.remove(handle) != nil { tree.unpin(inode) }
  }

  // MARK: Making

  package func mkdir(
    _ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller
  ) throws(Errno) -> Entry {
    try requireWritable()
    waitUntilStill(parent)
    let directory = try directory(parent).state
    guard try existing(parent, name) == nil else { throw .EEXIST }
    // A file may have as long a key as S3 allows, a directory must leave room for its slash.
    _ = try tree.key(parent, name, isDirectory: true)
    let now = Timestamp.now
    let (node, isNew) = try tree.insert(parent, name, .directory) {
      var state = Node.State.defaults(.directory, configuration, modified: now)
      state.permissions = permissions & 0o7777
      state.uid = caller.uid
      state.gid = caller.gid
      state.isBusy = true
      return state
    }
    guard isNew else { throw .EEXIST }
    defer { node.state.withLockAndNotify { $0.isBusy = false } }
    do throws(Errno) {
      try writeMarker(node)
    } catch {
      tree.remove(node)
      throw error
    }
    directory.notePresent(name)
    tree.countLookup(node.inode)
    return entry(node)
  }

  package func symlink(
    _ target: String, at parent: InodeID, _ name: Name, caller: Caller
  ) throws(Errno) -> Entry {
    try requireWritable()
    guard target.utf8.count <= 4_095 else { throw .ENAMETOOLONG }
    waitUntilStill(parent)
    let directory = try directory(parent).state
    guard try existing(parent, name) == nil else { throw .EEXIST }
    let key = try tree.key(parent, name, isDirectory: false)
    let now = Timestamp.now
    let (node, isNew) = try tree.insert(parent, name, .symbolicLink) {
      var state = Node.State.defaults(.symbolicLink, configuration, modified: now)
      state.uid = caller.uid
      state.gid = caller.gid
      state.size = Int64(target.utf8.count)
      state.linkTarget = target
      state.properties = ObjectProperties(contentType: MediaTypes.unknown)
      state.isBusy = true
      return state
    }
    guard isNew else { throw .EEXIST }
    defer { node.state.withLockAndNotify { $0.isBusy = false } }
    let properties = node.state.withLock { $0.objectProperties(.symbolicLink, configuration) }
    do throws(Errno) {
      let written = try ask(.create) { [client] () async throws(S3Error) in
        try await client.putObject(key, body: .bytes(Array(target.utf8)), properties: properties, condition: .isAbsent)
      }
      attributeCache.remember(key, written: written, StoredAttributes(metadata: properties.metadata))
      node.state.withLock { state in
        state.remote = Node.Remote(etag: written.etag, size: state.size)
        state.confirmedAt = MonotonicTime.now
      }
    } catch {
      tree.remove(node)
      throw error
    }
    directory.notePresent(name)
    tree.countLookup(node.inode)
    return entry(node)
  }

  package func readlink(_ inode: InodeID) throws(Errno) -> String {
    let node = try tree.node(inode)
    guard node.kind == .symbolicLink else { throw .EINVAL }
    try refresh(node)
    let (known, remote) = node.state.withLock { ($0.linkTarget, $0.remote) }
    if let known, node.state.withLock({ $0.linkVersion == nil || $0.linkVersion == $0.remote?.etag }) { return known }
    guard let remote else { throw .EIO }
    let key = try tree.key(inode)
    let body = try ask(.read) { [client] () async throws(S3Error) in
      try await client.getObject(key, ifMatch: remote.etag, into: .collect(limit: 4_096))
    }
    guard let target = String(validating: body.bytes, as: UTF8.self), !target.isEmpty, !target.utf8.contains(0) else {
      throw .EIO
    }
    node.state.withLock { state in
      state.linkTarget = target
      state.linkVersion = remote.etag
    }
    return target
  }

  // MARK: Removing

  package func unlink(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    try requireWritable()
    waitUntilStill(parent)
    let directory = try directory(parent).state
    let node = try find(parent, name)
    guard node.kind != .directory else { throw .EISDIR }
    try node.exclusively { () throws(Errno) in
      guard !node.state.withLock({ $0.isDetached }) else { throw .ENOENT }
      let key = try tree.key(node.inode)
      try keepBytes(of: node)
      try keepDirectory(parent, without: name)
      let file = node.state.withLock { $0.file }
      let mayExist = node.state.withLock { $0.remote != nil } || file?.mayExistInBucket ?? false
      if let file { cache.suspend(file) }
      defer { if let file { cache.resume(file) } }
      if mayExist || file?.mayExistInBucket ?? false {
        try ask { [client] () async throws(S3Error) in try await client.deleteObject(key) }
      }
      forgetBytes(of: node)
      attributeCache.forget(key)
      tree.remove(node)
      directory.noteAbsent(name, at: MonotonicTime.now)
    }
  }

  /// Whoever has a file open that loses its name can go on reading it: the bytes come here first.
  func keepBytes(of node: Node) throws(Errno) {
    let isOpen = node.state.withLock { $0.handles > 0 }
    guard isOpen, node.kind == .regular else { return }
    let file = try localCopy(node)
    try local { () throws(WriteBackFailure) in try file.hydrate() }
  }

  /// The local copy of a node without a name is never published.
  func forgetBytes(of node: Node) {
    guard let file = node.state.withLock({ $0.file }) else { return }
    cache.discard(file)
    settleUnused(node)
  }

  package func rmdir(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    try requireWritable()
    waitUntilStill(parent)
    let directory = try directory(parent).state
    let node = try find(parent, name)
    guard node.kind == .directory else { throw .ENOTDIR }
    try node.exclusively { () throws(Errno) in
      try requireEmpty(node)
      let marker = try tree.key(node.inode)
      try keepDirectory(parent, without: name)
      try ask { [client] () async throws(S3Error) in try await client.deleteObject(marker) }
      tree.remove(node)
      directory.noteAbsent(name, at: MonotonicTime.now)
    }
  }

  /// Throws ENOTEMPTY when the directory has an entry, here or in the bucket.
  func requireEmpty(_ node: Node) throws(Errno) {
    guard !tree.descendants(node.inode).contains(where: { $0.isLocal && $0.kind != .directory }) else {
      throw .ENOTEMPTY
    }
    let prefix = try tree.key(node.inode)
    let page = try ask { [client] () async throws(S3Error) in
      try await client.listObjects(prefix: prefix.string, delimiter: "/", maximumKeys: 2)
    }
    let hasEntry = page.objects.contains { $0.key != prefix } || !page.commonPrefixes.isEmpty
    if hasEntry { throw .ENOTEMPTY }
  }

  /// Before `name` goes: when it is the last entry of its directory and nothing else keeps that, write a marker.
  func keepDirectory(_ parent: InodeID, without name: Name) throws(Errno) {
    let (node, state) = try directory(parent)
    if state.hasMarker == true || node.inode == .root { return }
    if let witness = state.witness, witness != name { return }
    let prefix = try tree.key(parent).string
    let page = try ask { [client] () async throws(S3Error) in
      try await client.listObjects(prefix: prefix, delimiter: "/", maximumKeys: 3)
    }
    if page.objects.contains(where: { $0.key == ObjectKey(prefix) }) {
      state.hasMarker = true
      return
    }
    let names =
      page.objects.map { $0.key.string.utf8.dropFirst(prefix.utf8.count) }
      + page.commonPrefixes.map { $0.utf8.dropFirst(prefix.utf8.count).dropLast() }
    if let other = names.compactMap({ Name(String(Substring($0))) }).first(where: { $0 != name }) {
      state.witness = other
      return
    }
    try writeMarker(node)
  }
}

extension InodeID {
  /// The number that an entry shows in a listing before anybody has looked at it: the same each time, never 0 or the root's.
  static func listed(_ name: Name) -> InodeID {
    // FNV-1a; the top bit keeps it apart from the numbers of nodes.
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in name.string.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return InodeID(hash | 1 << 63)
  }
}
