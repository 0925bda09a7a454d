// SPDX-License-Identifier: Apache-2.0

import Locking
package import VFS

extension MemoryFileSystem {
  package func getattr(_ inode: InodeID, handle: HandleID?) throws(Errno) -> TimedAttributes {
    try intercept(.getattr, inode)
    return try tree.withLock { tree throws(Errno) in timed(try tree.node(inode).attributes) }
  }

  package func setattr(
    _ inode: InodeID, handle: HandleID?, changes: AttributeChanges, caller: Caller
  ) throws(Errno) -> TimedAttributes {
    try intercept(.setattr, inode)
    return try tree.withLock { tree throws(Errno) in
      let node = try tree.node(inode)
      if let size = changes.size {
        guard !node.isDirectory else { throw .EISDIR }
        tree.resize(inode, to: size)
      }
      tree.nodes[inode]?.attributes.apply(changes)
      return timed(try tree.node(inode).attributes)
    }
  }

  package func getxattr(_ inode: InodeID, _ name: String) throws(Errno) -> [UInt8] {
    try tree.withLock { tree throws(Errno) in
      guard let found = try tree.node(inode).extended.first(where: { $0.name == name }) else { throw .ENODATA }
      return found.value
    }
  }

  package func setxattr(_ inode: InodeID, _ name: String, value: [UInt8], mode: ExtendedAttributeMode) throws(Errno) {
    try tree.withLock { tree throws(Errno) in
      let index = try tree.node(inode).extended.firstIndex { $0.name == name }
      switch (mode, index) {
      case (.create, .some): throw .EEXIST
      case (.replace, nil): throw .ENODATA
      case (_, let index?): tree.nodes[inode]?.extended[index].value = value
      case (_, nil): tree.nodes[inode]?.extended.append((name, value))
      }
      tree.nodes[inode]?.attributes.changed = .now
    }
  }

  package func listxattr(_ inode: InodeID) throws(Errno) -> [String] {
    try tree.withLock { tree throws(Errno) in try tree.node(inode).extended.map(\.name) }
  }

  package func removexattr(_ inode: InodeID, _ name: String) throws(Errno) {
    try tree.withLock { tree throws(Errno) in
      guard let index = try tree.node(inode).extended.firstIndex(where: { $0.name == name }) else { throw .ENODATA }
      tree.nodes[inode]?.extended.remove(at: index)
    }
  }

  package func statfs(_ inode: InodeID) throws(Errno) -> FileSystemStatistics {
    let files = tree.withLock { $0.nodes.count }
    return FileSystemStatistics(
      blockSize: 4096, blocks: 1 << 28, freeBlocks: 1 << 27, files: UInt64(files) + 1_000_000, freeFiles: 1_000_000,
      maximumNameLength: 255)
  }
}

extension Attributes {
  fileprivate mutating func apply(_ changes: AttributeChanges) {
    let now = Timestamp.now
    if let value = changes.permissions { permissions = value }
    if let value = changes.uid { uid = value }
    if let value = changes.gid { gid = value }
    if let time = changes.accessed { accessed = time.timestamp(now: now) }
    if let time = changes.modified { modified = time.timestamp(now: now) }
    changed = now
  }
}

extension AttributeChanges.Time {
  fileprivate func timestamp(now: Timestamp) -> Timestamp {
    switch self {
    case .now: now
    case .at(let time): time
    }
  }
}
