// SPDX-License-Identifier: Apache-2.0

/// The operations of S3 that the store in memory answers; the raw value is the name in the S3 API Reference.
package enum MemoryOperation: String, CaseIterable, Sendable {
  case headBucket = "HeadBucket"
  case getBucketLocation = "GetBucketLocation"
  case headObject = "HeadObject"
  case getObject = "GetObject"
  case putObject = "PutObject"
  case deleteObject = "DeleteObject"
  case deleteObjects = "DeleteObjects"
  case copyObject = "CopyObject"
  case listObjects = "ListObjectsV2"
  case createMultipartUpload = "CreateMultipartUpload"
  case uploadPart = "UploadPart"
  case uploadPartCopy = "UploadPartCopy"
  case completeMultipartUpload = "CompleteMultipartUpload"
  case abortMultipartUpload = "AbortMultipartUpload"
  case listParts = "ListParts"
  case listMultipartUploads = "ListMultipartUploads"
  /// Anything else: 501.
  case unknown = "Unknown"

  /// Whether it can change the bucket.
  package var isWrite: Bool {
    switch self {
    case .putObject, .deleteObject, .deleteObjects, .copyObject, .createMultipartUpload, .uploadPart, .uploadPartCopy,
      .completeMultipartUpload, .abortMultipartUpload:
      true
    case .headBucket, .getBucketLocation, .headObject, .getObject, .listObjects, .listParts, .listMultipartUploads,
      .unknown:
      false
    }
  }
}
