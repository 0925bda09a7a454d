// SPDX-License-Identifier: Apache-2.0

import Logging
package import S3Client

/// What directories say about themselves, for a store that does not keep it (see CacheIndex+Directories). All calls block. Attributes
/// of a directory are no bytes: what cannot be noted is logged, and the operation goes on.
extension WriteBackCache {
  /// Whether anything was noted of any directory.
  package var knowsDirectories: Bool { noting { index throws(CacheIndexFailure) in try index.hasDirectories } ?? false }

  /// What was noted of the directory whose marker is `key`.
  package func properties(ofDirectory key: ObjectKey) -> ObjectProperties? {
    noting { index throws(CacheIndexFailure) in try index.properties(ofDirectory: key) } ?? nil
  }

  /// Notes what the marker `key` says, or forgets it when that is nothing.
  package func note(_ properties: ObjectProperties?, ofDirectory key: ObjectKey) {
    _ = noting { index throws(CacheIndexFailure) in
      if let properties, !properties.metadata.isEmpty {
        try index.save(properties, ofDirectory: key)
      } else {
        try index.removeDirectory(key)
      }
    }
  }

  /// The directory of marker `from`, with all below it, is that of marker `to` now.
  package func moveDirectories(from: ObjectKey, to: ObjectKey) {
    _ = noting { index throws(CacheIndexFailure) in try index.moveDirectories(from: from, to: to) }
  }

  private func noting<Result>(_ body: (CacheIndex) throws(CacheIndexFailure) -> Result) -> Result? {
    do throws(CacheIndexFailure) {
      return try body(context.directory.index)
    } catch {
      context.logger.error("attributes of directories cannot be kept", metadata: ["error": "\(error)"])
      return nil
    }
  }
}
