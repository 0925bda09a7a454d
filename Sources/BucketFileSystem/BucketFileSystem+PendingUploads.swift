// SPDX-License-Identifier: Apache-2.0

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
    let files = cache.pendingFiles(key: key)
    for file in files {
      guard let node = nodesByFile.withLock({ $0[file.id] }) else {
        // Parked, without a name here.
        cache.discard(file)
        cache.release(file)
        continue
      }
      try node.exclusively { () throws(Errno) in try giveUpChanges(file, node) }
    }
    return files.count
  }

  private func giveUpChanges(_ file: CacheFile, _ node: Node) throws(Errno) {
    let isUnused = node.state.withLock { state in
      guard state.handles == 0, state.file === file else { return false }
      (state.file, state.pageVersion) = (nil, nil)
      return true
    }
    guard isUnused else { throw .EBUSY }
    let parent = tree.parent(of: node.inode)
    cache.discard(file)
    tree.remove(node)
    giveUp(file, node)
    let last = file.key.string.split(separator: "/").last.map(String.init)
    if !file.mayExistInBucket, let name = last.flatMap({ Name($0) }) {
      try directory(parent).state.noteAbsent(name, at: MonotonicTime.now)
    }
  }
}
