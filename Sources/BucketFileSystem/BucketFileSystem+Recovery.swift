// SPDX-License-Identifier: Apache-2.0

import Locking
import Logging
import S3Client
import VFS
package import WriteBackCache

/// Local copies and uploads that have no system call behind them: those of an earlier run, and those of the background.
extension BucketFileSystem {
  /// Shows a file that an earlier run left dirty, with the directories that lead to it.
  func showRecovered(_ file: CacheFile) {
    let key = file.key.string
    guard key.utf8.starts(with: configuration.prefix.utf8), file.isShown else { return }
    let names = key.utf8.dropFirst(configuration.prefix.utf8.count)
      .split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Name(String(Substring($0))) }
    guard let last = names.last, let last else { return }
    var parent = InodeID.root
    do throws(Errno) {
      for name in names.dropLast() {
        guard let name else { return }
        parent = try tree.insert(parent, name, .directory) { .defaults(.directory, configuration, modified: .now) }.node
          .inode
      }
      let properties = file.properties
      let stored = StoredAttributes(metadata: properties.metadata)
      let (node, _) = try tree.insert(parent, last, .regular) { .defaults(.regular, configuration, modified: .now) }
      node.state.withLock { state in
        state.take(stored, size: file.size, lastModified: Timestamp.now.seconds, configuration)
        state.properties = properties.withoutAttributes
        state.remote = file.base.map { Node.Remote(etag: $0, size: file.size) }
        state.file = file
      }
      adopt(file, node)
    } catch {
      logger.error(
        "a recovered file cannot be shown; its upload goes on", metadata: ["key": "\(key)", "errno": "\(error)"])
    }
  }
}

extension BucketFileSystem {
  /// Tells the store everything that is only here: changed attributes, for a minute at most, then dirty files. Blocks.
  ///
  /// - Parameter timeout: seconds; nil for no limit.
  /// - Returns: the files that stay in the cache directory. ``untoldAttributes`` says what else is left.
  package func drain(timeout: Double?) -> [PendingUpload] {
    let startedAt = MonotonicTime.now
    attributeWriter.drain(timeout: min(timeout ?? 60, 60))
    return cache.drain(timeout: timeout.map { max(0, $0 - (MonotonicTime.now - startedAt)) }) { _ in }
  }

  /// The keys of files and directories whose changed attributes the store has not been told. They are only here, and lost when the
  /// mount ends.
  package var untoldAttributes: [String] {
    attributeWriter.waiting.compactMap { node in try? tree.key(node.inode).string }.sorted()
  }
}

extension BucketFileSystem: WriteBackCache.Observer {
  package func cacheFile(_ file: CacheFile, published publication: CacheFile.Publication) {
    guard let node = nodesByFile.withLock({ $0[file.id] }) else {
      // Parked before this mount began, and nobody has looked at it since.
      if !cache.release(file) { cache.uploadSoon(file) }
      return
    }
    published(node, file, publication)
    settleUnused(node)
    logger.info("uploaded in the background", metadata: ["key": "\(publication.key)"])
  }

  package func cacheFileWillBePublished(_ file: CacheFile) {
    // A file that is open: nobody has said yet what it shall say about itself. Failing that, it goes as it was opened.
    guard let node = nodesByFile.withLock({ $0[file.id] }),
      node.state.withLock({ !$0.isDetached && $0.handles > 0 })
    else { return }
    _ = try? setProperties(of: file, node)
  }

  package func cacheFile(_ file: CacheFile, failed failure: WriteBackFailure) {
    _ = report(failure)
    guard failure.isConflict, let node = nodesByFile.withLock({ $0[file.id] }) else { return }
    conceded(node, file)
  }
}
