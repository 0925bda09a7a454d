// SPDX-License-Identifier: Apache-2.0

/// What a person can do to uploads that are pending.
package enum UploadAction: String, Sendable, CaseIterable {
  /// Try again what failed, or waits, at once.
  case retry
  /// Upload nothing that nobody waits for; a close(2) or fsync(2) goes on.
  case pause
  /// The end of that.
  case resume
  /// Give up what is not in the bucket.
  case cancel
}
