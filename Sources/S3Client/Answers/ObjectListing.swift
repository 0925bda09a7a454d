// SPDX-License-Identifier: Apache-2.0

/// One object of a listing.
package struct ListedObject: Equatable, Sendable {
  package var key: ObjectKey
  /// Bytes.
  package var size: Int64
  package var etag: ETag
  /// Seconds since 1970.
  package var lastModified: Int64
  package var storageClass: String?

  package init(key: ObjectKey, size: Int64, etag: ETag, lastModified: Int64, storageClass: String? = nil) {
    self.key = key
    self.size = size
    self.etag = etag
    self.lastModified = lastModified
    self.storageClass = storageClass
  }
}

/// One page of a listing.
package struct ObjectListing: Equatable, Sendable {
  package var objects: [ListedObject] = []
  /// What precedes and includes the delimiter, each once.
  package var commonPrefixes: [String] = []
  /// Gets the next page; nil on the last.
  package var nextContinuationToken: String?
  /// Entries left out because their keys are not UTF-8.
  package var undecodableKeys = 0

  package init() {}
}
