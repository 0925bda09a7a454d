// SPDX-License-Identifier: Apache-2.0
//
// mknod(2), symlink(2), readlink(2): files that are all name and attributes.
//
// Each is an object that one request makes, in the form of s3fs: `mode` has the type bits, the body is the target of a symbolic link
// and empty otherwise. FIFOs, sockets and device nodes are served by the kernel; here they are only found, renamed and removed.
// No state; on FUSE workers. What can go wrong: somebody else makes the name; the request carries If-None-Match.

import AmplifyOutputs
import Glibc
import HTTPTransport
import Locking
import S3Client
import Transfer
package import VFS

extension BucketFileSystem {
  package func mknod(
    _ parent: InodeID, _ name: Name, mode: UInt32, device: UInt64, caller: Caller
  ) throws(Errno) -> Entry {
    try requireWritable()
    try requireGrant(.write, on: name, in: parent)
    let kind = mode & UInt32(S_IFMT) == 0 ? .regular : FileKind(mode: mode)
    switch kind {
    case nil, .directory, .symbolicLink: throw .EINVAL
    case .regular: return try makeRegular(parent, name, permissions: mode, caller: caller)
    case .some(let kind):
      return try makeObject(kind, "", at: parent, name, permissions: mode, caller) { state in
        state.device = kind == .fifo || kind == .socket ? 0 : device
      }
    }
  }

  private func makeRegular(
    _ parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller
  ) throws(Errno) -> Entry {
    let (entry, opened) = try create(
      parent, name, permissions: permissions, flags: [.create, .exclusive], caller: caller)
    let inode = entry.attributes.inode
    defer { release(inode, opened.handle) }
    do throws(Errno) {
      let node = try tree.node(inode)
      // The name is there; who was told otherwise would try again, and be told that it exists.
      try Interruption.shielded { () throws(Errno) in try publish(node, handle: nil) }
      return entry
    } catch {
      // The kernel is told of no entry, and will not forget it.
      tree.forget(inode, 1)
      throw error
    }
  }

  package func symlink(
    _ target: String, at parent: InodeID, _ name: Name, caller: Caller
  ) throws(Errno) -> Entry {
    try requireWritable()
    try requireGrant(.write, on: name, in: parent)
    guard target.utf8.count <= 4_095 else { throw .ENAMETOOLONG }
    return try makeObject(.symbolicLink, target, at: parent, name, permissions: 0o777, caller) { state in
      state.linkTarget = target
    }
  }

  private func makeObject(
    _ kind: FileKind, _ body: String, at parent: InodeID, _ name: Name, permissions: UInt32, _ caller: Caller,
    _ finish: (inout Node.State) -> Void
  ) throws(Errno) -> Entry {
    try whileStill([parent]) { () throws(Errno) in
      let (directory, _) = try directory(parent)
      guard try existing(parent, name) == nil else { throw .EEXIST }
      let key = try tree.key(parent, name, isDirectory: false)
      let owner = directory.owner(ofNew: kind, permissions: permissions, by: caller)
      let (node, isNew) = try tree.insert(parent, name, kind) {
        var state = Node.State.defaults(kind, configuration, modified: .now)
        state.take(owner)
        state.size = Int64(body.utf8.count)
        state.properties = ObjectProperties(contentType: MediaTypes.unknown)
        state.isBusy = true
        finish(&state)
        return state
      }
      guard isNew else { throw .EEXIST }
      defer { node.state.withLockAndNotify { $0.isBusy = false } }
      do throws(Errno) {
        try put(node, key, Array(body.utf8))
      } catch {
        tree.remove(node)
        throw error
      }
      entryAdded(to: directory, name, kind)
      tree.countLookup(node.inode)
      return entry(node)
    }
  }

  private func put(_ node: Node, _ key: ObjectKey, _ body: [UInt8]) throws(Errno) {
    let properties = node.state.withLock { $0.objectProperties(node.kind, configuration) }
    let written = try ask(.create) { [client] () async throws(S3Error) in
      try await client.putObject(
        key, body: body.isEmpty ? .empty : .bytes(body), properties: properties, condition: .isAbsent)
    }
    attributeCache.remember(key, written: written, StoredAttributes(metadata: properties.metadata))
    node.state.withLock { state in
      state.remote = Node.Remote(etag: written.etag, size: state.size)
      state.confirmedAt = MonotonicTime.now
    }
  }

  package func readlink(_ inode: InodeID) throws(Errno) -> String {
    let node = try tree.node(inode)
    guard node.kind == .symbolicLink else { throw .EINVAL }
    try requireGrant(.get, on: node)
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
}
