// SPDX-License-Identifier: Apache-2.0
//
// mkdir(2), unlink(2), rmdir(2).
//
// mkdir writes a marker; before the last entry of a directory goes, the directory gets one, so that it stays.
// What can go wrong: another client fills a directory between the check of rmdir and the removal of its marker; the directory
// then still exists through its entries, which is right.

import AmplifyOutputs
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
    try requireGrant(.write, on: name, in: parent, isDirectory: true)
    return try whileStill([parent]) { () throws(Errno) in
      try makeDirectory(parent, name, permissions: permissions, caller: caller)
    }
  }

  private func makeDirectory(
    _ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller
  ) throws(Errno) -> Entry {
    let (directory, _) = try directory(parent)
    guard try existing(parent, name) == nil else { throw .EEXIST }
    _ = try tree.key(parent, name, isDirectory: true)
    let owner = directory.owner(ofNew: .directory, permissions: permissions, by: caller)
    let (node, isNew) = try tree.insert(parent, name, .directory) {
      var state = Node.State.defaults(.directory, configuration, modified: .now)
      state.take(owner)
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
    node.directory?.isEmpty()
    tree.keep(node.inode)
    entryAdded(to: directory, name, node.kind)
    tree.countLookup(node.inode)
    return entry(node)
  }

  // MARK: Removing

  package func unlink(_ parent: InodeID, _ name: Name, caller: Caller) throws(Errno) {
    try requireWritable()
    try requireGrant(toRemove: name, in: parent)
    try whileStill([parent]) { () throws(Errno) in try removeFile(parent, name) }
  }

  private func removeFile(_ parent: InodeID, _ name: Name) throws(Errno) {
    let (directory, _) = try directory(parent)
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
      node.state.withLock { ($0.changed, $0.wasRemoved) = (.now, true) }
      entryRemoved(from: directory, name)
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
    try requireGrant(toRemoveDirectory: name, in: parent)
    try whileStill([parent]) { () throws(Errno) in try removeDirectory(parent, name) }
  }

  private func removeDirectory(_ parent: InodeID, _ name: Name) throws(Errno) {
    let (directory, _) = try directory(parent)
    let node = try find(parent, name)
    guard node.kind == .directory else { throw .ENOTDIR }
    try node.exclusively { () throws(Errno) in
      try requireEmpty(node)
      let marker = try tree.key(node.inode)
      try keepDirectory(parent, without: name)
      try ask { [client] () async throws(S3Error) in try await client.deleteObject(marker) }
      forgetMarker(marker)
      tree.remove(node)
      node.state.withLock { ($0.changed, $0.wasRemoved) = (.now, true) }
      entryRemoved(from: directory, name)
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
    guard mayKeep(prefix) else { return }
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
