// SPDX-License-Identifier: Apache-2.0

import Locking
package import VFS

extension MemoryFileSystem {
  package func opendir(_ inode: InodeID, caller: Caller) throws(Errno) -> HandleID {
    try tree.withLock { tree throws(Errno) in
      _ = try tree.directory(inode)
      return tree.open(inode, flags: [])
    }
  }

  package func readdir(
    _ inode: InodeID, _ handle: HandleID, from offset: Int64, plus: Bool, emit: (DirectoryEntry) -> Bool
  ) throws(Errno) {
    try intercept(.readdir, inode)
    try tree.withLock { tree throws(Errno) in
      let directory = try tree.directory(inode)
      for (cookie, name, target) in [(Int64(1), ".", inode), (2, "..", directory.parent)] where cookie > offset {
        let entry = DirectoryEntry(name: name, kind: .directory, inode: target, nextOffset: cookie)
        if !emit(entry) { return }
      }
      for (cookie, name) in directory.order[directory.firstIndex(after: offset)...] {
        guard let (child, current) = directory.children[name], current == cookie, let node = tree.nodes[child] else {
          continue
        }
        let entry = DirectoryEntry(
          name: name.string, kind: node.attributes.kind, inode: child, nextOffset: cookie,
          entry: plus ? self.entry(node.attributes) : nil)
        if !emit(entry) { return }
        if plus { tree.nodes[child]?.lookups += 1 }
      }
    }
  }

  package func releasedir(_ inode: InodeID, _ handle: HandleID) {
    tree.withLock { $0.close(inode, handle) }
  }
}
