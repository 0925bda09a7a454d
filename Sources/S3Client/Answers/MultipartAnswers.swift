// SPDX-License-Identifier: Apache-2.0

/// Names a multipart upload under way, together with its key.
package struct UploadID: Hashable, Sendable {
  package let string: String

  package init(_ string: String) { self.string = string }
}

/// A part that was sent or copied, as CompleteMultipartUpload names it.
package struct CompletedPart: Equatable, Sendable {
  /// 1 to 10,000.
  package var number: Int
  package var etag: ETag
  /// Set for every part of an upload that was created with checksums, for none of another.
  package var crc32: UInt32?

  package init(number: Int, etag: ETag, crc32: UInt32? = nil) {
    self.number = number
    self.etag = etag
    self.crc32 = crc32
  }
}

/// A part that the store has.
package struct UploadedPart: Equatable, Sendable {
  package var number: Int
  /// Bytes.
  package var size: Int64
  package var etag: ETag
  /// Where the store reports it.
  package var crc32: UInt32?

  package init(number: Int, size: Int64, etag: ETag, crc32: UInt32? = nil) {
    self.number = number
    self.size = size
    self.etag = etag
    self.crc32 = crc32
  }
}

/// A multipart upload that was neither completed nor aborted.
package struct ListedUpload: Equatable, Sendable {
  package var key: ObjectKey
  package var upload: UploadID
  /// Seconds since 1970.
  package var initiated: Int64

  package init(key: ObjectKey, upload: UploadID, initiated: Int64) {
    self.key = key
    self.upload = upload
    self.initiated = initiated
  }
}
