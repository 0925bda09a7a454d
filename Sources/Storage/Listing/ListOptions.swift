// SPDX-License-Identifier: Apache-2.0

public import FoundationEssentials

/// How to list.
public struct ListOptions: Sendable {
  /// What happens to paths that go on behind the delimiter, as those in subfolders do.
  public enum SubpathStrategy: Sendable, Hashable {
    /// They are listed like all others.
    case include
    /// What precedes and includes the delimiter is told once, in ``ListPage/excludedSubpaths``.
    case exclude(delimiter: String = "/")
  }

  /// nil: the default bucket of the configuration.
  public var bucket: StorageBucket?
  /// Items and excluded subpaths of a page, together; 1 to 1,000, and 1,000 for any other value.
  public var pageSize: Int
  /// From the page before; nil begins at the beginning.
  public var nextToken: String?
  public var subpathStrategy: SubpathStrategy
  public var useAccelerateEndpoint: Bool
  /// The 12 digits of the account that the bucket must belong to.
  public var expectedBucketOwner: String?

  public init(
    bucket: StorageBucket? = nil, pageSize: Int = 1_000, nextToken: String? = nil,
    subpathStrategy: SubpathStrategy = .include, useAccelerateEndpoint: Bool = false,
    expectedBucketOwner: String? = nil
  ) {
    self.bucket = bucket
    self.pageSize = pageSize
    self.nextToken = nextToken
    self.subpathStrategy = subpathStrategy
    self.useAccelerateEndpoint = useAccelerateEndpoint
    self.expectedBucketOwner = expectedBucketOwner
  }
}

/// One object of a listing.
public struct ListItem: Sendable, Hashable {
  public var path: String
  /// Bytes.
  public var size: Int64
  /// With its quotation marks, as in a header; nil if the store tells none.
  public var eTag: String?
  /// To the second; nil if the store does not tell.
  public var lastModified: Date?
  /// nil if the store does not tell.
  public var storageClass: String?
}

/// A part of a listing, or all of it.
public struct ListPage: Sendable, Hashable {
  /// In the order of the store.
  public var items: [ListItem] = []
  /// With ``ListOptions/SubpathStrategy/exclude(delimiter:)``: the paths up to and with the delimiter, each once.
  public var excludedSubpaths: [String] = []
  /// Gets the next page; nil on the last.
  public var nextToken: String?
}
