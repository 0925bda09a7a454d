// SPDX-License-Identifier: Apache-2.0

import Logging
package import S3Client

/// The journal of renames of directories (see CacheIndex+Renames). All calls block.
extension WriteBackCache {
  /// Notes durably that all keys below `from` are about to be copied to `to`.
  ///
  /// - Parameter keepsMarker: an empty directory of the new name is there already.
  package func beginRename(
    from: String, to: String, keepsMarker: Bool
  ) throws(WriteBackFailure) -> PendingRename {
    try journal { index throws(CacheIndexFailure) in
      try index.beginRename(from: from, to: to, keepsMarker: keepsMarker)
    }
  }

  /// Notes what is copied next, or what copies became.
  ///
  /// - Parameter isDurable: for a power loss, too.
  package func note(
    _ copies: [PendingRename.Copy], of rename: PendingRename, isDurable: Bool = false
  ) throws(WriteBackFailure) {
    try journal { index throws(CacheIndexFailure) in
      try index.save(copies, of: rename)
      if isDurable { try index.sync() }
    }
  }

  /// Notes durably that the rename has come to `phase`: what decides which names count after a crash.
  package func note(_ phase: PendingRename.Phase, of rename: PendingRename) throws(WriteBackFailure) {
    try journal { index throws(CacheIndexFailure) in try index.set(phase, of: rename) }
  }

  /// Forgets a rename that is over, durably.
  package func forget(_ rename: PendingRename) throws(WriteBackFailure) {
    try journal { index throws(CacheIndexFailure) in try index.remove(rename) }
  }

  /// Notes durably that this run gives the rename up: both names are as they are from now on, and may have other owners soon.
  package func leave(_ rename: PendingRename) throws(WriteBackFailure) {
    try journal { index throws(CacheIndexFailure) in try index.leave(rename) }
  }

  /// Of the files that the bucket does not have as they are here.
  package func recordedKeys() throws(WriteBackFailure) -> Set<ObjectKey> {
    try journal { index throws(CacheIndexFailure) in Set(try index.contents().files.map(\.record.key)) }
  }

  /// Those that are not over.
  package func pendingRenames() throws(WriteBackFailure) -> [PendingRename] {
    try journal { index throws(CacheIndexFailure) in try index.renames() }
  }

  /// What was noted of a rename.
  package func copies(of rename: PendingRename) throws(WriteBackFailure) -> [PendingRename.Copy] {
    try journal { index throws(CacheIndexFailure) in try index.copies(of: rename) }
  }

  private func journal<Result>(
    _ body: (CacheIndex) throws(CacheIndexFailure) -> Result
  ) throws(WriteBackFailure) -> Result {
    do throws(CacheIndexFailure) {
      return try body(context.directory.index)
    } catch {
      context.logger.error("the journal of renames cannot be used", metadata: ["error": "\(error)"])
      throw .local(code: error.code, operation: "record")
    }
  }
}
