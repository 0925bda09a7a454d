// SPDX-License-Identifier: Apache-2.0

package import Records

/// How records look as a file system.
package struct RecordFileSystemConfiguration: Sendable {
  package var readOnly = false
  /// Owner of everything.
  package var uid: UInt32 = 0
  package var gid: UInt32 = 0
  package var fileMode: UInt32 = 0o644
  package var dirMode: UInt32 = 0o755
  /// Seconds that a record is believed that was read.
  package var timeToLive: Double = 1
  /// What becomes of files that a record names no more.
  package var files = FileFate.keep
  /// A private directory of this file system alone, for files while they are written; must exist.
  package var spoolDirectory: String
  /// Where a file of the bucket is in the mount, from its root and without a slash before it; nil when it is not in there.
  package var pathInMount: @Sendable (_ path: String) -> String?

  package init(spoolDirectory: String, pathInMount: @escaping @Sendable (_ path: String) -> String? = { $0 }) {
    self.spoolDirectory = spoolDirectory
    self.pathInMount = pathInMount
  }
}
