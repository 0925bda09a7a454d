// SPDX-License-Identifier: Apache-2.0
//
// A file whose name somebody else has taken in the bucket.
//
// For: what close could not publish, because the object is another one than was opened. Its bytes become an object of their own,
// NAME.conflict-HOST-TIME, uploaded in the background like any file, so that every client sees both versions. What was to be
// created exclusively stays in the cache, parked: who races for a name like a lock's wants no copies of it. So does everything
// with `conflict=park`, and a change of a part of a large object: the rest of it was in the version that is gone.
// What can go wrong: the copy cannot be recorded; it stays parked under the old name then. A crash before that likewise, and the
// next mount makes the copy.

import Locking
import Logging
import S3Client
import Transfer
import VFS
import WriteBackCache

extension BucketFileSystem {
  /// Makes a parked conflict a file with a name of its own, if that is wanted.
  func keepBeside(_ file: CacheFile) {
    guard configuration.keepsConflictCopies, file.isConflict, !file.isExclusive else { return }
    guard file.isWhole else {
      return logger.warning(
        "somebody else replaced a large file while a part of it was changed here; the change waits in the cache",
        metadata: ["key": "\(file.key)"])
    }
    let key = file.key.string
    guard key.utf8.starts(with: configuration.prefix.utf8) else { return }
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    guard let last = parts.last, let name = Name(String(last)),
      let newName = ConflictName.make(name, host: ConflictName.host, time: .now)
    else { return }
    let newKey = ObjectKey((parts.dropLast().map(String.init) + [newName.string]).joined(separator: "/"))
    guard newKey.string.utf8.count <= ObjectKey.guaranteedLength else { return }
    do throws(WriteBackFailure) {
      try cache.renameConflict(file, to: newKey)
    } catch {
      _ = report(error)
      return
    }
    showRecovered(file)
    if let node = nodesByFile.withLock({ $0[file.id] }) {
      try? directory(tree.parent(of: node.inode)).state.notePresent(newName, isDirectory: false)
    }
    cache.uploadSoon(file)
    logger.warning(
      "somebody else changed a file that was written here; both versions are kept",
      metadata: ["key": "\(key)", "copy": "\(newKey)"])
  }
}
