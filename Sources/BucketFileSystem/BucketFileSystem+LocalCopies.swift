// SPDX-License-Identifier: Apache-2.0
//
// The local copies of nodes: who has one, from when to when.
//
// A node has a local copy from its first open for writing until it is clean and nobody has it open. The copy pins its node.
// What can go wrong: two opens make a copy at once; the second one is given up again. The node loses its name meanwhile; a copy
// would never be published then, so there is none.

import Glibc
import Locking
import Logging
import S3Client
import Transfer
import VFS
import WriteBackCache

extension BucketFileSystem {
  /// The local copy of a file that is opened for writing. It is not made while the name changes: a rename takes those along that
  /// it finds.
  func copyForChanges(_ node: Node) throws(Errno) -> CacheFile {
    if let file = node.state.withLock({ $0.file }) { return file }
    return try whileStill([node.inode]) { () throws(Errno) in try localCopy(node) }
  }

  /// The same for a caller whose turn it is.
  func localCopy(_ node: Node) throws(Errno) -> CacheFile {
    if let file = node.state.withLock({ $0.file }) { return file }
    let key = try tree.key(node.inode)
    if !mayRead(key) {
      try learnProperties(of: node)
    } else if node.state.withLock({ $0.remote != nil && $0.properties == nil }) {
      // The object must keep what it says about itself, so that has to be known.
      let head = try ask(.lookup) { [objects] () async throws(S3Error) in try await objects.head(key) }
      let stored = StoredAttributes(metadata: head.properties.metadata)
      node.state.withLock { state in
        let ours = state
        state.take(head, stored, configuration, askedAt: MonotonicTime.now)
        // What was changed here and not told yet is younger.
        if ours.hasPendingAttributes { state.keepAttributes(of: ours) }
      }
    }
    let base = node.state.withLock { $0.remote.map { CacheFile.Base(etag: $0.etag, size: $0.size) } }
    return try makeLocalCopy(node, key: key, base: base, isExclusive: false)
  }

  func makeLocalCopy(
    _ node: Node, key: ObjectKey, base: CacheFile.Base?, isExclusive: Bool
  ) throws(Errno) -> CacheFile {
    let (properties, early) = node.state.withLock {
      ($0.objectProperties(node.kind, configuration), $0.earlyProperties(node.kind, configuration))
    }
    let made = try local { () throws(WriteBackFailure) in
      try cache.makeFile(
        key: key, base: base, properties: properties, early: early, isExclusive: isExclusive, isReadable: mayRead(key))
    }
    let kept = node.state.withLock { state -> CacheFile? in
      if state.file == nil, !state.isDetached { state.file = made }
      return state.file
    }
    guard kept === made else {
      cache.release(made)
      guard let kept else { throw .ESTALE }
      return kept
    }
    adopt(made, node)
    return made
  }

  func local<Value>(_ operation: () throws(WriteBackFailure) -> Value) throws(Errno) -> Value {
    do throws(WriteBackFailure) {
      return try operation()
    } catch {
      throw report(error)
    }
  }

  /// `WriteBackCache.suspend` for a program that may be told to stop; it is not suspended then.
  func suspend(_ file: CacheFile) throws(Errno) {
    try local { () throws(WriteBackFailure) in try cache.suspendInterruptibly(file) }
  }

  /// A handle is gone.
  func closed(_ open: OpenFile) {
    if open.flags.allowsWriting { open.node.state.withLock { $0.writers -= 1 } }
    closed(open.node)
  }

  /// One user of the node fewer.
  func closed(_ node: Node) {
    node.state.withLock { $0.handles -= 1 }
    settleUnused(node)
  }

  /// If nobody has the file open, its copy goes when the bucket has everything, and is uploaded soon when it has not.
  func settleUnused(_ node: Node) {
    let unused = node.state.withLock { state -> (file: CacheFile, isClean: Bool)? in
      guard state.handles == 0, let file = state.file else { return nil }
      guard !file.isDirty else { return (file, false) }
      state.takeUpload()
      state.file = nil
      if !state.isDetached { state.size = file.size }
      return (file, true)
    }
    guard let unused else { return }
    if unused.isClean { giveUp(unused.file, node) } else { cache.uploadSoon(unused.file) }
  }

  /// A local copy keeps its node, even when nobody has it open.
  func adopt(_ file: CacheFile, _ node: Node) {
    tree.pin(node.inode)
    nodesByFile.withLock { $0[file.id] = node }
  }

  func giveUp(_ file: CacheFile, _ node: Node) {
    guard cache.release(file) else {
      // Changed in this moment, by a handle that it had under another name.
      node.state.withLock { state in if state.file == nil { state.file = file } }
      return cache.uploadSoon(file)
    }
    nodesByFile.withLock { _ = $0.removeValue(forKey: file.id) }
    tree.unpin(node.inode)
  }
}
