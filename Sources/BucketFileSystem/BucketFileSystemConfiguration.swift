// SPDX-License-Identifier: Apache-2.0

package import AmplifyOutputs

/// How a bucket looks as a file system.
package struct BucketFileSystemConfiguration: Sendable {
  /// What all keys begin with: empty, or a path that ends in `/`.
  package var prefix = ""
  package var readOnly = false
  /// Owner of everything that says nothing else.
  package var uid: UInt32 = 0
  package var gid: UInt32 = 0
  /// Permissions of files and directories that say nothing else.
  package var fileMode: UInt32 = 0o644
  package var dirMode: UInt32 = 0o755
  /// Seconds that a name, its absence and its attributes are believed.
  package var metadataTimeToLive: Double = 1
  /// Bytes of read-ahead of all open files together.
  package var readMemory = 128 << 20
  /// Bytes of one ranged GET of a sequential reader, and how many of them run at once.
  package var partSize: Int64 = 8 << 20
  package var concurrency = 8
  /// Seconds that changed attributes of a clean file wait for more of their kind before the store is told.
  package var attributeDelay: Double = 0.5
  /// What lost its name to somebody else is published beside it; otherwise it stays in the cache, parked.
  package var keepsConflictCopies = true
  /// The mount point, to find out whether a process has a file open twice; empty when there is none.
  package var mountPoint = ""
  /// What the identity that mounts may do; nil lets the store alone judge.
  package var access: AccessRules?
  /// The top byte of all inode numbers but that of the root, for a file system that has several buckets.
  package var inodeSpace: UInt8 = 0

  package init() {}
}
