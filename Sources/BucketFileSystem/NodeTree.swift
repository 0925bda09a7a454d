// SPDX-License-Identifier: Apache-2.0
//
// The inodes that are known, and where they hang.
//
// State: nodes by number, their places, children by name, lookup counts, behind one lock with short sections and no I/O. A
// node stays while the kernel counts lookups of it, somebody pins it (open handles, a dirty copy), or it has children here; some
// directories stay for longer, since they know something that the bucket does not.
// Any thread. What can go wrong: a count that leaks keeps a node for ever; forget and unpin are therefore the only places
// that drop one.

import DequeModule
import Locking
import S3Client
import VFS

final class NodeTree: Sendable {
  private struct Record {
    let node: Node
    var parent: InodeID
    /// Nil for the root and for nodes without a name.
    var name: Name?
    var lookups: UInt64 = 0
    var pins = 0
    var children = 0
    /// One of the pins is that of ``NodeTree/keep(_:)``.
    var isKept = false
  }

  private struct State {
    var records: [InodeID: Record] = [:]
    var children: [InodeID: [Name: InodeID]] = [:]
    var numbers: InodeNumbers
    /// Nodes that were kept, oldest first; some are not any more.
    var kept: Deque<Node> = []
    /// How many of them are.
    var keptCount = 0

    func number(of name: Name, in parent: InodeID) -> InodeID {
      numbers.number(of: .init(parent: parent, name: name)) { records[$0] != nil }
    }
  }

  private let prefix: String
  private let state: Lock<State>

  /// - Parameters:
  ///   - prefix: what all keys begin with; empty or ending in `/`.
  ///   - inodeSpace: see ``InodeNumbers``.
  init(root: Node, prefix: String, inodeSpace: UInt8 = 0) {
    self.prefix = prefix
    var state = State(numbers: InodeNumbers(space: inodeSpace))
    var record = Record(node: root, parent: .root)
    record.pins = 1
    state.records[.root] = record
    self.state = Lock(state)
  }

  // MARK: Finding

  func node(_ inode: InodeID) throws(Errno) -> Node {
    guard let node = state.withLock({ $0.records[inode]?.node }) else { throw .ESTALE }
    return node
  }

  func child(_ parent: InodeID, _ name: Name) -> Node? {
    state.withLock { state in
      state.children[parent]?[name].flatMap { state.records[$0]?.node }
    }
  }

  func children(_ parent: InodeID) -> [(name: Name, node: Node)] {
    state.withLock { state in
      (state.children[parent] ?? [:]).compactMap { name, inode in
        state.records[inode].map { (name, $0.node) }
      }
    }
  }

  /// All nodes below a directory, itself not included.
  func descendants(_ inode: InodeID) -> [Node] {
    state.withLock { state in
      var result: [Node] = []
      var open = [inode]
      while let next = open.popLast() {
        for child in (state.children[next] ?? [:]).values {
          open.append(child)
          if let node = state.records[child]?.node { result.append(node) }
        }
      }
      return result
    }
  }

  /// The number of what is under a name, also when there is no node for it yet.
  func number(of name: Name, in parent: InodeID) -> InodeID {
    state.withLock { state in state.children[parent]?[name] ?? state.number(of: name, in: parent) }
  }

  func parent(of inode: InodeID) -> InodeID { state.withLock { $0.records[inode]?.parent ?? .root } }

  /// The directory and the name of a node; nil for the root and for what has no name.
  func place(of inode: InodeID) -> (parent: InodeID, name: Name)? {
    state.withLock { state in state.records[inode].flatMap { record in record.name.map { (record.parent, $0) } } }
  }

  /// Whether `inode` is `ancestor` or lies below it.
  func isInside(_ inode: InodeID, _ ancestor: InodeID) -> Bool {
    state.withLock { state in
      var current = inode
      while current != ancestor {
        guard current != .root, let record = state.records[current] else { return false }
        current = record.parent
      }
      return true
    }
  }

  /// The object key of a file, or the marker key (ending in `/`) of a directory; the prefix for the root.
  ///
  /// Throws ENOENT for a node without a name, ENAMETOOLONG beyond what any store is asked for.
  func key(_ inode: InodeID) throws(Errno) -> ObjectKey {
    let path = state.withLock { state in self.path(inode, &state) }
    guard let path else { throw .ENOENT }
    return try key(path, isDirectory: path.isDirectory)
  }

  /// The key that a name in a directory has, or would have.
  func key(_ parent: InodeID, _ name: Name, isDirectory: Bool) throws(Errno) -> ObjectKey {
    let path = state.withLock { state in self.path(parent, &state) }
    guard var path else { throw .ENOENT }
    path.names.append(name)
    return try key(path, isDirectory: isDirectory)
  }

  private func key(_ path: (names: [Name], isDirectory: Bool), isDirectory: Bool) throws(Errno) -> ObjectKey {
    var text = prefix
    for (index, name) in path.names.enumerated() {
      if index > 0 { text += "/" }
      text += name.string
    }
    if isDirectory, !path.names.isEmpty { text += "/" }
    guard text.utf8.count <= ObjectKey.maximumLength else { throw .ENAMETOOLONG }
    return ObjectKey(text)
  }

  private func path(_ inode: InodeID, _ state: inout State) -> (names: [Name], isDirectory: Bool)? {
    var names: [Name] = []
    guard let last = state.records[inode] else { return nil }
    var current = last
    while current.node.inode != .root {
      guard let name = current.name, let parent = state.records[current.parent] else { return nil }
      names.append(name)
      current = parent
    }
    return (names.reversed(), last.node.kind == .directory)
  }

  // MARK: Changing

  /// The node for a name: the one that is there if it has that kind, else a new one that takes its place.
  ///
  /// - Parameter make: makes the state of a new node.
  func insert(
    _ parent: InodeID, _ name: Name, _ kind: FileKind, make: () -> Node.State
  ) throws(Errno) -> (node: Node, isNew: Bool) {
    let result = state.withLock { state -> (Node, Bool, Node?)? in
      guard state.records[parent] != nil else { return nil }
      var replaced: Node?
      if let inode = state.children[parent]?[name], let record = state.records[inode] {
        if record.node.kind == kind { return (record.node, false, nil) }
        replaced = record.node
        detach(inode, &state)
      }
      let node = Node(inode: state.number(of: name, in: parent), kind: kind, state: make())
      state.numbers.appeared(at: .init(parent: parent, name: name))
      state.records[node.inode] = Record(node: node, parent: parent, name: name)
      attach(node.inode, parent, name, &state)
      if let replaced {
        release(replaced.inode, &state)
        drop(replaced.inode, &state)
      }
      return (node, true, replaced)
    }
    guard let (node, isNew, replaced) = result else { throw .ENOENT }
    replaced?.state.withLock { $0.isDetached = true }
    return (node, isNew)
  }

  /// The name is gone; the node stays for those who have it.
  func remove(_ node: Node) {
    node.state.withLock { $0.isDetached = true }
    state.withLock { state in
      detach(node.inode, &state)
      release(node.inode, &state)
      drop(node.inode, &state)
    }
  }

  /// Hangs `node` under another name, taking the place of what was there.
  func move(_ node: Node, to parent: InodeID, _ name: Name) {
    let replaced = state.withLock { state -> Node? in
      var replaced: Node?
      if let inode = state.children[parent]?[name], inode != node.inode {
        replaced = state.records[inode]?.node
        detach(inode, &state)
        release(inode, &state)
        drop(inode, &state)
      }
      detach(node.inode, &state)
      state.records[node.inode]?.parent = parent
      state.records[node.inode]?.name = name
      attach(node.inode, parent, name, &state)
      return replaced
    }
    replaced?.state.withLock { $0.isDetached = true }
  }

  private func attach(_ inode: InodeID, _ parent: InodeID, _ name: Name, _ state: inout State) {
    state.children[parent, default: [:]][name] = inode
    state.records[parent]?.children += 1
  }

  private func detach(_ inode: InodeID, _ state: inout State) {
    guard let record = state.records[inode], let name = record.name else { return }
    state.records[inode]?.name = nil
    guard state.children[record.parent]?[name] == inode else { return }
    state.children[record.parent]?[name] = nil
    if state.children[record.parent]?.isEmpty ?? false { state.children[record.parent] = nil }
    state.records[record.parent]?.children -= 1
    drop(record.parent, &state)
  }

  // MARK: Counting

  /// False when the node has just been dropped, so that nobody may be told of it.
  @discardableResult
  func countLookup(_ inode: InodeID) -> Bool {
    state.withLock { state in
      guard state.records[inode] != nil else { return false }
      state.records[inode]?.lookups += 1
      return true
    }
  }

  func forget(_ inode: InodeID, _ count: UInt64) {
    state.withLock { state in
      guard let lookups = state.records[inode]?.lookups else { return }
      state.records[inode]?.lookups = lookups > count ? lookups - count : 0
      drop(inode, &state)
    }
  }

  func pin(_ inode: InodeID) { state.withLock { $0.records[inode]?.pins += 1 } }

  func unpin(_ inode: InodeID) {
    state.withLock { state in
      state.records[inode]?.pins -= 1
      drop(inode, &state)
    }
  }

  /// Nodes that are kept for what only they know.
  private static let maximumKept = 10_000

  /// `inode` knows something that the bucket does not, and stays also when the kernel forgets it, until ten thousand others came
  /// after it or its name goes.
  func keep(_ inode: InodeID) {
    state.withLock { state in
      guard let record = state.records[inode], record.name != nil, !record.isKept else { return }
      state.records[inode]?.isKept = true
      state.records[inode]?.pins += 1
      state.kept.append(record.node)
      state.keptCount += 1
      while state.keptCount > NodeTree.maximumKept, let oldest = state.kept.popFirst() {
        if state.records[oldest.inode]?.node === oldest { release(oldest.inode, &state) }
      }
      if state.kept.count > 2 * NodeTree.maximumKept {
        state.kept.removeAll {
          state.records[$0.inode].map { $0.isKept } != true || state.records[$0.inode]?.node !== $0
        }
      }
    }
  }

  private func release(_ inode: InodeID, _ state: inout State) {
    guard state.records[inode]?.isKept == true else { return }
    state.records[inode]?.isKept = false
    state.records[inode]?.pins -= 1
    state.keptCount -= 1
    drop(inode, &state)
  }

  var count: Int { state.withLock { $0.records.count } }

  /// Lets go of a node that nobody needs, and then of its parent likewise.
  private func drop(_ inode: InodeID, _ state: inout State) {
    guard inode != .root, let record = state.records[inode], record.lookups == 0, record.children == 0 else { return }
    // Nobody looks at it: what it remembers of its entries is not worth the memory.
    if record.isKept, record.pins == 1 { record.node.directory?.trim() }
    guard record.pins == 0 else { return }
    if let name = record.name { state.numbers.left(inode, at: .init(parent: record.parent, name: name)) }
    detach(inode, &state)
    state.records[inode] = nil
  }
}
