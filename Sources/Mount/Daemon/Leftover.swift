// SPDX-License-Identifier: Apache-2.0

package import WriteBackCache

/// What the end of a mount could not bring to the bucket.
package struct Leftover: Sendable {
  /// Stays in the cache directory.
  package var uploads: [PendingUpload]
  /// Keys whose changed attributes the store was not told. They are lost.
  package var attributes: [String]

  package init(uploads: [PendingUpload], attributes: [String] = []) {
    self.uploads = uploads
    self.attributes = attributes
  }

  package var isEmpty: Bool { uploads.isEmpty && attributes.isEmpty }
}
