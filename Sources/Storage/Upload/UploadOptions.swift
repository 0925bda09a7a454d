// SPDX-License-Identifier: Apache-2.0

/// How to upload, and what the object says about itself.
public struct UploadOptions: Sendable {
  /// nil: the default bucket of the configuration.
  public var bucket: StorageBucket?
  /// nil: what the extension of the path says, and `application/octet-stream` if that says nothing.
  public var contentType: String?
  public var contentEncoding: String?
  public var contentDisposition: ContentDisposition?
  public var contentLanguage: String?
  public var cacheControl: String?
  /// Kept with the object: any text under names of letters, digits and `-_.`, which lose their capitals; 2 KB together.
  public var metadata: [String: String]
  /// Fails with "PreconditionFailed" when there is an object already; of several that upload at once, one succeeds.
  public var preventOverwrite: Bool
  /// The store must check this checksum of all that is sent, and keep it. nil: it does so where it can.
  public var checksumAlgorithm: ChecksumAlgorithm?
  /// Through Amazon's edge locations.
  public var useAccelerateEndpoint: Bool
  /// The 12 digits of the account that the bucket must belong to.
  public var expectedBucketOwner: String?
  /// Called with the progress in order, one call at a time, on any thread; must return soon. The last call is over when
  /// the result is there.
  public var onProgress: (@Sendable (TransferProgress) -> Void)?
  /// Bytes of a part, and of the largest object that is sent in one request; 5 MiB to 5 GiB, and raised where the object would
  /// have more than 10,000 parts.
  public var partSize: Int64
  /// Parts under way at once, 1 to 256. A sequence is held in memory as many parts at a time, and two more.
  public var concurrency: Int

  public init(
    bucket: StorageBucket? = nil, contentType: String? = nil, contentEncoding: String? = nil,
    contentDisposition: ContentDisposition? = nil, contentLanguage: String? = nil, cacheControl: String? = nil,
    metadata: [String: String] = [:], preventOverwrite: Bool = false, checksumAlgorithm: ChecksumAlgorithm? = nil,
    useAccelerateEndpoint: Bool = false, expectedBucketOwner: String? = nil,
    onProgress: (@Sendable (TransferProgress) -> Void)? = nil, partSize: Int64 = 5 << 20, concurrency: Int = 4
  ) {
    self.bucket = bucket
    self.contentType = contentType
    self.contentEncoding = contentEncoding
    self.contentDisposition = contentDisposition
    self.contentLanguage = contentLanguage
    self.cacheControl = cacheControl
    self.metadata = metadata
    self.preventOverwrite = preventOverwrite
    self.checksumAlgorithm = checksumAlgorithm
    self.useAccelerateEndpoint = useAccelerateEndpoint
    self.expectedBucketOwner = expectedBucketOwner
    self.onProgress = onProgress
    self.partSize = partSize
    self.concurrency = concurrency
  }
}

/// How a store checks what it gets.
public enum ChecksumAlgorithm: String, Sendable, Hashable {
  /// CRC-32, of each part and of the whole object.
  case crc32 = "crc-32"
}
