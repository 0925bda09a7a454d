// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension LiveMount {
  /// Unmounts, which uploads everything, and mounts again with an empty cache: whatever is there comes from the bucket.
  func remountWithEmptyCache(_ options: String...) async throws {
    try await unmount()
    try await sh(#"rm -rf "$1"/*"#, cacheDirectory)
    try await mount(options)
  }
}
