// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// The source of a copy.
public struct CopySourceItem: Sendable {
  public var path: StoragePath
  /// nil: the default bucket. Given for both ends of a copy, or for neither.
  public var bucket: StorageBucket?
  /// Copies this version only; with or without quotation marks.
  public var eTag: String?
  /// Copies only what was not modified after this time; to the second.
  public var notModifiedSince: Date?
  /// The 12 digits of the account that the bucket must belong to.
  public var expectedBucketOwner: String?

  public init(
    path: StoragePath, bucket: StorageBucket? = nil, eTag: String? = nil, notModifiedSince: Date? = nil,
    expectedBucketOwner: String? = nil
  ) {
    self.path = path
    self.bucket = bucket
    self.eTag = eTag
    self.notModifiedSince = notModifiedSince
    self.expectedBucketOwner = expectedBucketOwner
  }
}

extension CopySourceItem: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  public init(stringLiteral path: String) { self.init(path: .path(path)) }
}

/// Where a copy goes.
public struct CopyDestination: Sendable {
  public var path: StoragePath
  /// nil: the default bucket. Given for both ends of a copy, or for neither.
  public var bucket: StorageBucket?
  /// The 12 digits of the account that the bucket must belong to.
  public var expectedBucketOwner: String?

  public init(path: StoragePath, bucket: StorageBucket? = nil, expectedBucketOwner: String? = nil) {
    self.path = path
    self.bucket = bucket
    self.expectedBucketOwner = expectedBucketOwner
  }
}

extension CopyDestination: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  public init(stringLiteral path: String) { self.init(path: .path(path)) }
}

/// How to copy or move.
public struct CopyOptions: Sendable {
  /// Fails with "PreconditionFailed" when there is an object at the destination already. A store that does not know conditional
  /// copies is asked before; another writer at the same moment then goes unnoticed.
  public var preventOverwrite: Bool

  public init(preventOverwrite: Bool = false) { self.preventOverwrite = preventOverwrite }
}

/// What a copy made.
public struct CopyResult: Sendable, Hashable {
  /// Of the copy.
  public var path: String
  /// With its quotation marks, as in a header; nil if the store told none.
  public var eTag: String?
  /// In buckets that keep versions.
  public var versionID: String?
  /// Bytes.
  public var size: Int64
}
