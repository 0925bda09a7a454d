// SPDX-License-Identifier: Apache-2.0

package import WriteBackCache

/// What a supervisor can do to a running mount. Closures instead of the mount itself, so that the order of events can be
/// tested without a kernel. Each may be called from any thread.
package struct MountActions: Sendable {
  /// Takes the mount out of the tree; blocks while the kernel writes back. The argument asks for a lazy detach.
  package var unmount: @Sendable (_ isLazy: Bool) -> UnmountResult
  /// Ends the session although it may be in use; returns at once.
  package var endSession: @Sendable () -> Void
  package var pendingUploads: @Sendable () -> [PendingUpload]
  /// Uploads what is left and returns what is still left; blocks for `timeout` seconds at most.
  package var drain: @Sendable (_ timeout: Double?) -> Leftover
  /// Does something to all uploads that are pending, or to that of one key; returns how many these are.
  package var uploads: @Sendable (_ action: UploadAction, _ key: String?) throws(MountFailure) -> Int

  package init(
    unmount: @escaping @Sendable (_ isLazy: Bool) -> UnmountResult, endSession: @escaping @Sendable () -> Void,
    pendingUploads: @escaping @Sendable () -> [PendingUpload],
    drain: @escaping @Sendable (_ timeout: Double?) -> Leftover,
    uploads: @escaping @Sendable (_ action: UploadAction, _ key: String?) throws(MountFailure) -> Int
  ) {
    self.unmount = unmount
    self.endSession = endSession
    self.pendingUploads = pendingUploads
    self.drain = drain
    self.uploads = uploads
  }
}
