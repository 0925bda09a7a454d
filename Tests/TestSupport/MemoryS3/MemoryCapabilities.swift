// SPDX-License-Identifier: Apache-2.0

/// What a store in memory can do. S3 can do all of it; others miss something (docs of the stores, see servers.md).
package struct MemoryCapabilities: Equatable, Sendable {
  /// What becomes of a header that a store does not know.
  package enum Support: Equatable, Sendable {
    case honoured
    /// As if the header were not there.
    case ignored
    /// 501 NotImplemented.
    case refused
  }

  /// What becomes of an upload with FULL_OBJECT checksums.
  package enum FullObjectSupport: Equatable, Sendable {
    case honoured
    /// CreateMultipartUpload is refused: 400 InvalidRequest.
    case refused
    /// CompleteMultipartUpload with a checksum is refused: 400 BadDigest (ministack).
    case miscounted
  }

  /// If-Match and If-None-Match of PutObject, CopyObject and CompleteMultipartUpload.
  package var conditionalWrites = Support.honoured
  /// If-Match of DeleteObject.
  package var conditionalDeletes = Support.honoured
  package var fullObjectChecksums = FullObjectSupport.honoured
  /// 501 NotImplemented without.
  package var uploadPartCopy = true
  /// In bytes, of every part but the last, and of the source of a ranged UploadPartCopy.
  package var minimumPartSize = 5 << 20
  /// A CompleteMultipartUpload that is repeated, body and all, is answered like the first one instead of NoSuchUpload.
  package var repeatsCompletions = false
  /// The 12 digits of the owner; a request that expects another is refused. nil believes everything.
  package var owner: String?

  package init() {}
}
