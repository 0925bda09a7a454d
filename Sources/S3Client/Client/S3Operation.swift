// SPDX-License-Identifier: Apache-2.0

/// The operations of the S3 REST API that Pail uses; the raw value is the name in errors and counts.
package enum S3Operation: String, Sendable {
  case headBucket = "HeadBucket"
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
  case presign = "Presign"
  case configuration = "Configuration"

  /// Whether the operation can change the bucket.
  var isWrite: Bool {
    switch self {
    case .headBucket, .headObject, .getObject, .listObjects, .listParts, .listMultipartUploads, .presign,
      .configuration:
      false
    case .putObject, .deleteObject, .deleteObjects, .copyObject, .createMultipartUpload, .uploadPart, .uploadPartCopy,
      .completeMultipartUpload, .abortMultipartUpload:
      true
    }
  }

  /// Whether the store works on it silently for long, and may find an error after it has said 200.
  ///
  /// A copy of 5 GiB or a Complete of 10,000 parts can take most of a minute without a byte.
  var isSlow: Bool {
    switch self {
    case .copyObject, .uploadPartCopy, .completeMultipartUpload: true
    default: false
    }
  }
}
