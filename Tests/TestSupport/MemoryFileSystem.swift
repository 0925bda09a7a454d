// SPDX-License-Identifier: Apache-2.0
//
// A whole file system in memory: what `VFS.FileSystem` means, in its plainest form.
//
// For: tests of the kernel side without a bucket, and as the reference that other file systems are compared with.
// State: a tree of nodes behind one lock. Threads: any. Faults: `interceptor` sees every operation before it runs, outside
// the lock; it may block it, or make it fail.

import Glibc
import Locking
package import VFS

package final class MemoryFileSystem: FileSystem {
  /// The operations that an interceptor can tell apart.
  package enum Operation: Sendable {
    case lookup, getattr, setattr, open, create, read, write, flush, fsync, release, readdir, unlink, rename
  }

  /// Called before an operation on an inode (for names: of their directory). A result is thrown instead.
  package typealias Interceptor = @Sendable (Operation, InodeID) -> Errno?

  /// How long the kernel may keep what it was told, in seconds.
  let timeToLive: Double
  private let interceptor: Interceptor?
  let tree: Lock<MemoryTree>

  package init(timeToLive: Double = 1, interceptor: Interceptor? = nil) {
    self.timeToLive = timeToLive
    self.interceptor = interceptor
    tree = Lock(MemoryTree())
  }

  /// Lookups that the kernel holds on all inodes, and open handles: both 0 again when the mount is gone.
  package var references: (lookups: UInt64, handles: Int) {
    tree.withLock { tree in
      (tree.nodes.values.reduce(0) { $0 + $1.lookups }, tree.handles.count)
    }
  }

  /// Waits until the kernel has released every handle. It does so some time after close(2), and no more once it is unmounted.
  package func waitUntilReleased() async throws {
    try await eventually("every handle is released") { references.handles == 0 }
  }

  func intercept(_ operation: Operation, _ inode: InodeID) throws(Errno) {
    if let error = interceptor?(operation, inode) { throw error }
  }

  func entry(_ attributes: Attributes) -> Entry { Entry(attributes: attributes, timeToLive: timeToLive) }

  func timed(_ attributes: Attributes) -> TimedAttributes {
    TimedAttributes(attributes: attributes, timeToLive: timeToLive)
  }
}
