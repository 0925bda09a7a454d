// SPDX-License-Identifier: Apache-2.0

/// What to copy from.
package struct CopySource: Equatable, Sendable {
  /// nil: the client's own bucket.
  package var bucket: String?
  package var key: ObjectKey
  /// Copies this version or none.
  package var ifMatch: ETag?
  /// The 12 digits of the account that another bucket must belong to; for the client's own, its configuration says it.
  package var expectedBucketOwner: String?

  package init(bucket: String? = nil, key: ObjectKey, ifMatch: ETag? = nil, expectedBucketOwner: String? = nil) {
    self.bucket = bucket
    self.key = key
    self.ifMatch = ifMatch
    self.expectedBucketOwner = expectedBucketOwner
  }
}

/// The object that a copy made.
package struct CopiedObject: Equatable, Sendable {
  package var etag: ETag
  /// Seconds since 1970.
  package var lastModified: Int64
  package var versionID: String?

  package init(etag: ETag, lastModified: Int64, versionID: String? = nil) {
    self.etag = etag
    self.lastModified = lastModified
    self.versionID = versionID
  }
}

/// What CopyObjectResult, CopyPartResult and CompleteMultipartUploadResult have in common.
package struct ResultDocument {
  package let etag: ETag
  package let lastModified: Int64
  package let crc32: UInt32?

  package init(_ body: [UInt8], root: StaticString) throws(AnswerFailure) {
    var etag: ETag?
    var lastModified: Int64 = 0
    var crc32: UInt32?
    try AnswerFailure.decode(body, root: root) { (parser) throws(XMLError) in
      while let name = try parser.nextChild() {
        switch name {
        case "ETag": etag = try parser.text().etag()
        case "LastModified": lastModified = try parser.text().time()
        case "ChecksumCRC32": crc32 = ChecksumCRC32.decode(try parser.text().string())
        default: try parser.skip()
        }
      }
    }
    guard let etag, !etag.value.isEmpty else { throw .invalid("the answer holds no entity tag") }
    self.etag = etag
    self.lastModified = lastModified
    self.crc32 = crc32
  }
}
