// SPDX-License-Identifier: Apache-2.0
//
// mkdir(2), symlink(2), readlink(2), unlink(2), rmdir(2).
//
// mkdir writes a marker; before the last entry of a directory goes, the directory gets one, so that it stays.
// What can go wrong: another client fills a directory between the check of rmdir and the removal of its marker; the directory
// then still exists through its entries, which is right.

import HTTPTransport
import Glibc
import Locking
import Logging
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  // MARK: Making

  package func mkdir(
    _ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller
  ) throws(Errno) -> Entry {
    try requireWritable()
    return try whileStill([parent]) { () throws(Errno) in
      try makeDirectory(parent, name, permissions: permissions, caller: caller)
    }
  }

  private func makeDirectory(
    _ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller
  ) throws(Errno) -> Entry {
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
    return try whileStill([parent]) { () throws(Errno) in try makeLink(target, at: parent, name, caller: caller) }
  }

  private func makeLink(
    _ target: String, at parent: InodeID, _ name: Name, caller: Caller
  ) throws(Errno) -> Entry {
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
    try whileStill([parent]) { () throws(Errno) in try removeFile(parent, name) }
  }

  private func removeFile(_ parent: InodeID, _ name: Name) throws(Errno) {
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
      if let file { try suspend(file) }
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
    try local { () throws(WriteBackFailure) in try file.keepBytes() }
  }

  /// The local copy of a node without a name is never published.
  func forgetBytes(of node: Node) {
    guard let file = node.state.withLock({ $0.file }) else { return }
    cache.discard(file)
    settleUnused(node)
  }

  package func rmdir(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    try requireWritable()
    try whileStill([parent]) { () throws(Errno) in try removeDirectory(parent, name) }
  }

  private func removeDirectory(_ parent: InodeID, _ name: Name) throws(Errno) {
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
    let page = try ask(.lookup) { [client] () async throws(S3Error) in
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
    let askedAt = MonotonicTime.now
    let page = try ask(.lookup) { [client] () async throws(S3Error) in
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
      state.noteSeen(other, at: askedAt)
      return
    }
    try writeMarker(node)
  }
}
