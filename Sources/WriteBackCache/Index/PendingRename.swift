// SPDX-License-Identifier: Apache-2.0

package import S3Client

/// A rename of a directory that is not over, as the index has it.
package struct PendingRename: Equatable, Sendable {
  /// How far it has come.
  package enum Phase: String, Sendable {
    /// The old names are what they were; what is under the new ones are copies.
    case copying
    /// The new names are complete; what is under the old ones is left over.
    case deleting
  }

  package let id: Int64
  /// Prefixes of keys; both end in `/`.
  package let from, to: String
  package var phase: Phase
  /// There was an empty directory of the new name with a marker, which stays when the rename does not come to its end.
  package let keepsMarker: Bool

  /// An earlier attempt was refused, and both names have been in use since. Local files have keys of their own in both.
  package var isLeft = false

  package init(id: Int64, from: String, to: String, phase: Phase, keepsMarker: Bool) {
    (self.id, self.from, self.to, self.phase, self.keepsMarker) = (id, from, to, phase, keepsMarker)
  }

  /// Whether the two speak of the same keys.
  func overlaps(_ other: PendingRename) -> Bool {
    [from, to].contains { mine in
      [other.from, other.to].contains { theirs in
        mine.utf8.starts(with: theirs.utf8) || theirs.utf8.starts(with: mine.utf8)
      }
    }
  }

  /// One object that is copied.
  package struct Copy: Equatable, Sendable {
    /// Behind either prefix; empty for the marker of the directory itself.
    package let name: String
    /// The version that is copied, as a listing tells it.
    package let etag: ETag
    /// Bytes.
    package let size: Int64
    /// Seconds since 1970.
    package let lastModified: Int64
    /// The version that the copy became; nil as long as nobody has noted that.
    package var copy: ETag?

    package init(name: String, etag: ETag, size: Int64, lastModified: Int64, copy: ETag? = nil) {
      (self.name, self.etag, self.size, self.lastModified, self.copy) = (name, etag, size, lastModified, copy)
    }
  }
}
