// SPDX-License-Identifier: Apache-2.0
//
// close(2), fsync(2), and what they do: bring a dirty file to the bucket.
//
// FLUSH publishes, so that close(2) returns the error of the upload. RELEASE is the last word for what no close published.
// Several may publish a file at once: they take turns, and each asks at the end whether the name is still its own, since whoever
// was before it may have found that somebody else has it.
// A program that is told to stop meanwhile does not wait: close returns EINTR, and the upload goes on without it.
// What can go wrong: a close whose upload fails returns the errno and leaves the copy dirty (the queue tries again); a
// conflict leaves the name to whoever won; see Conflicts.

import Glibc
import Locking
import Logging
import S3Client
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  package func flush(_ inode: InodeID, _ handle: HandleID, caller: Caller) throws(Errno) {
    let open = try files.get(handle)
    guard mayPublish(open) else { return }
    let process = ProcessTable.process(of: caller.pid)
    // A child that closes an inherited descriptor knows nothing of what its parent is still writing. Who cannot be told apart
    // counts as the parent: a close that publishes too much is better than none that does.
    guard process == open.openerProcess || process == 0 || open.openerProcess == 0 else { return }
    // `> file`: the shell has duplicated the descriptor and closes the first one; the content comes through the other.
    if !open.hasWritten, let key = try? tree.key(inode), isOpenElsewhere(process, key) { return }
    try publish(open.node, handle: open)
  }

  /// Whether a close of `open` may have something to publish.
  private func mayPublish(_ open: OpenFile) -> Bool {
    !open.isSettled || open.flags.allowsWriting && open.node.state.withLock { $0.wasResizedByName }
  }

  private func isOpenElsewhere(_ process: Int32, _ key: ObjectKey) -> Bool {
    guard !configuration.mountPoint.isEmpty else { return false }
    let path = String(Substring(key.string.utf8.dropFirst(configuration.prefix.utf8.count)))
    return ProcessTable.hasOpen(process, path: configuration.mountPoint + "/" + path)
  }

  package func fsync(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {
    let open = try files.get(handle)
    try publish(open.node, handle: open)
  }

  package func release(_ inode: InodeID, _ handle: HandleID) {
    guard let open = files.remove(handle) else { return }
    // The last word: whatever no close has published, and with an error that nobody hears but the log and `pail status`.
    // What a close has just failed to publish is the background's.
    if mayPublish(open), !open.node.state.withLock({ $0.isDetached || $0.file?.hasFailed ?? false }) {
      try? publish(open.node, handle: open)
    }
    closed(open)
    tree.unpin(inode)
  }

  /// Brings a dirty file to the bucket (or, in delayed mode, makes it durable here and plans that).
  ///
  /// - Parameter handle: whose changes that are; those made while this runs wait for its next close. Nil for a caller that has
  ///   changed the file without one.
  func publish(_ node: Node, handle: OpenFile?) throws(Errno) {
    let hadChange = handle?.takeChange() ?? true
    let wasResized = node.state.withLock { state in
      defer { state.wasResizedByName = false }
      return state.wasResizedByName
    }
    do throws(Errno) {
      try publish(node)
      // What this handle wrote has gone into the copy beside the name that somebody else has: before, or while this waited.
      if hadChange || wasResized, node.isForsaken { throw .ESTALE }
    } catch {
      if wasResized { node.state.withLock { $0.wasResizedByName = true } }
      // No close comes that could try again.
      if handle == nil, let file = node.state.withLock({ $0.isDetached ? nil : $0.file }) { cache.uploadSoon(file) }
      if hadChange { handle?.settleChange(isPublished: false) }
      throw error
    }
    if hadChange { handle?.settleChange(isPublished: true) }
  }

  private func publish(_ node: Node) throws(Errno) {
    guard let file = node.state.withLock({ $0.isDetached ? nil : $0.file }) else { return }
    guard case .delayed(let delay) = cache.configuration.mode else {
      // Before taking the node's turn: whoever renames may need it.
      try waitUntilStill(node.inode)
      return try node.exclusively { () throws(Errno) in try publishExclusively(node, file) }
    }
    guard file.isDirty else { return }
    try setProperties(of: file, node)
    try local { () throws(WriteBackFailure) in try cache.publishLater(file, delay: delay) }
  }

  /// ``publish(_:handle:)`` for a caller that has the node for itself.
  ///
  /// - Parameter isHolder: it has suspended the file, too.
  func publishExclusively(_ node: Node, _ file: CacheFile, isHolder: Bool = false) throws(Errno) {
    guard file.isDirty, !node.state.withLock({ $0.isDetached }) else { return }
    try setProperties(of: file, node)
    let isExclusive = file.isExclusive
    do throws(WriteBackFailure) {
      if let publication = try cache.publish(file, isHolder: isHolder) { published(node, file, publication) }
    } catch {
      if error.isConflict { conceded(node, file) }
      throw report(error, isExclusive ? .create : .overwrite)
    }
  }

  /// Tells the local copy what the object shall say about itself.
  ///
  /// - Returns: whether the next upload is sure to carry that: false when none is to come, or one is under way, which may have
  ///   been sealed before.
  @discardableResult
  func setProperties(of file: CacheFile, _ node: Node) throws(Errno) -> Bool {
    // In one step: of two who do this at once the later one knows all.
    let (isNew, travels) = node.state.withLock { state -> (Bool, Bool) in
      let set = file.setProperties(
        state.objectProperties(node.kind, configuration), early: state.earlyProperties(node.kind, configuration))
      if set.travels { state.hasPendingAttributes = false }
      return set
    }
    if isNew { try local { () throws(WriteBackFailure) in try file.noteProperties() } }
    return travels
  }

  /// The bucket has the file as it was when the upload was sealed.
  func published(_ node: Node, _ file: CacheFile, _ publication: CacheFile.Publication) {
    let stored = StoredAttributes(metadata: publication.properties.metadata)
    attributeCache.remember(publication.key, written: publication.written, stored)
    node.state.withLock { state in
      // Unless it was renamed after that, or is just being renamed.
      guard file.key == publication.key, file.base == publication.written.etag else { return }
      state.take(publication)
    }
    noteChanged(node)
  }

  /// The bucket has another version of `node` than it had: younger than any listing so far.
  func noteChanged(_ node: Node) {
    guard let (parent, name) = tree.place(of: node.inode), let state = try? directory(parent).state else { return }
    state.noteChanged(name)
  }

  /// An upload in the background is over a moment before its observer hears of it: takes it in for who cannot wait for that.
  func catchUp(_ node: Node, with file: CacheFile) {
    guard let publication = file.publication, publication.written.etag == file.base,
      node.etag != publication.written.etag
    else { return }
    published(node, file, publication)
  }

  /// Somebody else has the name, which shows the bucket's version from now on. The local one is kept beside it.
  func conceded(_ node: Node, _ file: CacheFile) {
    // A close and the queue may find the same conflict.
    guard node.state.withLock({ $0.forsake(file) }) else { return }
    nodesByFile.withLock { _ = $0.removeValue(forKey: file.id) }
    tree.remove(node)
    tree.unpin(node.inode)
    keepBeside(file)
  }
}
