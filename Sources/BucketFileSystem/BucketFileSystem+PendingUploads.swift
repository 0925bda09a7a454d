// SPDX-License-Identifier: Apache-2.0
//
// What a person does about a file that is not in the bucket: giving up what was written here.
//
// The file that the name shows comes first, since it alone can be refused; what is parked behind the name has no user.
// What can go wrong: somebody has the file open; nothing is given up then. Somebody opens it meanwhile; the node has neither
// copy nor name any more, which its open says.

import Locking
import S3Client
package import VFS
import WriteBackCache

extension BucketFileSystem {
  /// Gives up what was written to the file of `key` and is not in the bucket; its name shows the bucket's version again.
  ///
  /// - Returns: how many files that were: two when another version is parked.
  /// - Throws: EBUSY when somebody has it open.
  package func cancelUploads(key: String) throws(Errno) -> Int {
    let files = cache.pendingFiles(key: key).map { file in (file, nodesByFile.withLock { $0[file.id] }) }
    for case (let file, let node?) in files {
      try node.exclusively { () throws(Errno) in try giveUpChanges(file, node) }
    }
    // Parked, without a name here.
    for case (let file, nil) in files {
      cache.discard(file)
      cache.release(file)
    }
    return files.count
  }

  private func giveUpChanges(_ file: CacheFile, _ node: Node) throws(Errno) {
    let isUnused = node.state.withLock { state in
      guard state.handles == 0 else { return false }
      return state.forsake(file)
    }
    guard isUnused else { throw .EBUSY }
    let parent = tree.parent(of: node.inode)
    cache.discard(file)
    tree.remove(node)
    giveUp(file, node)
    let last = file.key.string.split(separator: "/").last.map(String.init)
    if !file.mayExistInBucket, let name = last.flatMap({ Name($0) }) {
      entryRemoved(from: try directory(parent).node, name)
    }
  }
}
