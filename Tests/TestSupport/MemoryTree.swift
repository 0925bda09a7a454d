// SPDX-License-Identifier: Apache-2.0

import Glibc
import VFS

/// The nodes of a ``MemoryFileSystem`` and the rules that hold for them.
struct MemoryTree {
  /// A class, so that nothing copies the entries of a large directory.
  final class Node {
    var attributes: Attributes
    let content = MemoryContent()
    var target = ""
    /// Extended attributes in the order in which they were set.
    var extended: [(name: String, value: [UInt8])] = []
    /// The entries of a directory.
    var children: [Name: (inode: InodeID, cookie: Int64)] = [:]
    /// The names by cookie, ascending: a listing goes on where it was, whatever was added or removed meanwhile. Some are
    /// stale: `children` has not that name with that cookie any more.
    var order: [(cookie: Int64, name: Name)] = []
    var staleOrder = 0
    var parent: InodeID
    var lookups: UInt64 = 0
    var openHandles = 0

    init(attributes: Attributes, parent: InodeID) {
      self.attributes = attributes
      self.parent = parent
    }

    var isDirectory: Bool { attributes.kind == .directory }

    /// The first entry whose cookie is greater than `offset`, by bisection.
    func firstIndex(after offset: Int64) -> Int {
      var (low, high) = (0, order.count)
      while low < high {
        let middle = (low + high) / 2
        if order[middle].cookie > offset { high = middle } else { low = middle + 1 }
      }
      return low
    }

    func compactOrder() {
      guard staleOrder > order.count / 2 else { return }
      order.removeAll { children[$0.name]?.cookie != $0.cookie }
      staleOrder = 0
    }
  }

  var nodes: [InodeID: Node]
  /// Open files and directories.
  var handles: [HandleID: OpenFlags] = [:]
  private var lastInode: UInt64 = 1
  private var lastHandle: UInt64 = 0
  /// `.` and `..` are 1 and 2.
  private var lastCookie: Int64 = 2

  init() {
    let now = Timestamp.now
    let root = Attributes(
      inode: .root, kind: .directory, permissions: 0o755, linkCount: 2, uid: geteuid(), gid: getegid(), size: 0,
      accessed: now, modified: now, changed: now)
    nodes = [.root: Node(attributes: root, parent: .root)]
  }

  func node(_ inode: InodeID) throws(Errno) -> Node {
    guard let node = nodes[inode] else { throw .ESTALE }
    return node
  }

  func directory(_ inode: InodeID) throws(Errno) -> Node {
    let node = try node(inode)
    guard node.isDirectory else { throw .ENOTDIR }
    return node
  }

  func child(_ parent: InodeID, _ name: Name) throws(Errno) -> InodeID {
    guard let child = try directory(parent).children[name] else { throw .ENOENT }
    return child.inode
  }

  // MARK: Names

  mutating func make(
    _ kind: FileKind, in parent: InodeID, _ name: Name, permissions: UInt32, caller: Caller
  ) throws(Errno) -> InodeID {
    let directory = try directory(parent)
    guard directory.children[name] == nil else { throw .EEXIST }
    // A removed directory takes no new names.
    guard directory.attributes.linkCount > 0 else { throw .ENOENT }
    lastInode += 1
    let inode = InodeID(lastInode)
    let now = Timestamp.now
    let attributes = Attributes(
      inode: inode, kind: kind, permissions: permissions & 0o7777, linkCount: kind == .directory ? 2 : 1,
      uid: caller.uid, gid: caller.gid, size: 0, accessed: now, modified: now, changed: now)
    nodes[inode] = Node(attributes: attributes, parent: parent)
    insert(inode, in: parent, name)
    return inode
  }

  mutating func insert(_ inode: InodeID, in parent: InodeID, _ name: Name) {
    lastCookie += 1
    nodes[parent]?.children[name] = (inode, lastCookie)
    nodes[parent]?.order.append((lastCookie, name))
    touch(parent)
    guard nodes[inode]?.isDirectory == true else { return }
    nodes[inode]?.parent = parent
    nodes[parent]?.attributes.linkCount += 1
  }

  /// Takes the name away; the node itself stays until nobody uses it.
  mutating func detach(_ name: Name, from parent: InodeID) {
    guard let child = nodes[parent]?.children.removeValue(forKey: name) else { return }
    nodes[parent]?.staleOrder += 1
    nodes[parent]?.compactOrder()
    touch(parent)
    if nodes[child.inode]?.isDirectory == true { nodes[parent]?.attributes.linkCount -= 1 }
  }

  mutating func remove(_ name: Name, from parent: InodeID) {
    guard let inode = nodes[parent]?.children[name]?.inode else { return }
    detach(name, from: parent)
    nodes[inode]?.attributes.linkCount = 0
    nodes[inode]?.attributes.changed = .now
    dropIfUnused(inode)
  }

  mutating func dropIfUnused(_ inode: InodeID) {
    guard let node = nodes[inode], node.attributes.linkCount == 0, node.lookups == 0, node.openHandles == 0 else {
      return
    }
    nodes[inode] = nil
  }

  private mutating func touch(_ inode: InodeID) {
    let now = Timestamp.now
    nodes[inode]?.attributes.modified = now
    nodes[inode]?.attributes.changed = now
  }

  // MARK: Handles and content

  mutating func open(_ inode: InodeID, flags: OpenFlags) -> HandleID {
    lastHandle += 1
    let handle = HandleID(lastHandle)
    handles[handle] = flags
    nodes[inode]?.openHandles += 1
    return handle
  }

  mutating func close(_ inode: InodeID, _ handle: HandleID) {
    handles[handle] = nil
    nodes[inode]?.openHandles -= 1
    dropIfUnused(inode)
  }

  mutating func resize(_ inode: InodeID, to size: Int64) {
    nodes[inode]?.content.resize(to: Int(size))
    nodes[inode]?.attributes.size = size
    touch(inode)
  }

  mutating func write(_ inode: InodeID, at offset: Int64, _ bytes: UnsafeRawBufferPointer) {
    guard let content = nodes[inode]?.content else { return }
    content.write(bytes, at: Int(offset))
    nodes[inode]?.attributes.size = Int64(content.count)
    touch(inode)
  }
}
