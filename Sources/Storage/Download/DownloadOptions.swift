// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// Where a download goes.
public enum DownloadDestination: Sendable {
  /// Into ``DownloadResult/bytes``.
  ///
  /// - limit: bytes at most; a larger object fails with "DownloadIsTooLarge".
  case memory(limit: Int = 256 << 20)
  /// Into a file that is there when all of it is.
  ///
  /// - overwrites: replace a file that is there already; otherwise that fails with "FileExists".
  /// - syncs: the file is on the disk, and survives a power loss, before the result is there; for whoever removes the object then.
  case file(path: String, overwrites: Bool = true, syncs: Bool = false)
}

/// How to download.
public struct DownloadOptions: Sendable {
  /// nil: the default bucket of the configuration.
  public var bucket: StorageBucket?
  /// The bytes to download, first and last; what lies beyond the end of the object is left out. nil: all of them.
  public var bytesRange: ClosedRange<Int64>?
  public var useAccelerateEndpoint: Bool
  /// The 12 digits of the account that the bucket must belong to.
  public var expectedBucketOwner: String?
  /// Called with the progress in order, one call at a time, on any thread; must return soon. The last call is over when
  /// the result is there.
  public var onProgress: (@Sendable (TransferProgress) -> Void)?
  /// Bytes of a request, and at most of the memory for each one under way; 1 MiB to 1 GiB.
  public var partSize: Int64
  /// Requests under way at once, 1 to 256.
  public var concurrency: Int

  public init(
    bucket: StorageBucket? = nil, bytesRange: ClosedRange<Int64>? = nil, useAccelerateEndpoint: Bool = false,
    expectedBucketOwner: String? = nil, onProgress: (@Sendable (TransferProgress) -> Void)? = nil,
    partSize: Int64 = 8 << 20, concurrency: Int = 4
  ) {
    self.bucket = bucket
    self.bytesRange = bytesRange
    self.useAccelerateEndpoint = useAccelerateEndpoint
    self.expectedBucketOwner = expectedBucketOwner
    self.onProgress = onProgress
    self.partSize = partSize
    self.concurrency = concurrency
  }
}

/// What a download brought.
public struct DownloadResult: Sendable {
  public var path: String
  /// Bytes that came: of the object, or of the range asked for.
  public var size: Int64
  public var contentType: String?
  /// With its quotation marks, as in a header; nil if the store told none.
  public var eTag: String?
  /// In buckets that keep versions.
  public var versionID: String?
  /// To the second; nil if the store does not tell.
  public var lastModified: Date?
  /// As it was given when the object was made, under lowercase names.
  public var metadata: [String: String]
  /// The store keeps a checksum of all of it, and it is right. Objects that were uploaded in parts often have none.
  public var isVerified: Bool
  /// What came; nil for a download into a file.
  public var bytes: [UInt8]?

  /// What came, as UTF-8; bytes that are none are replaced. nil for a download into a file.
  public var string: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }

  /// What came; nil for a download into a file.
  public var data: Data? { bytes.map { Data($0) } }
}
