// SPDX-License-Identifier: Apache-2.0

/// What was removed.
public struct RemoveResult: Sendable, Hashable {
  public var path: String
}

/// How to remove many objects.
public struct RemoveAllOptions: Sendable {
  /// What `under` means.
  public enum Match: Sendable, Hashable {
    /// A folder: the path must end in a slash.
    case folder
    /// Any beginning of a path: `album/photos` also removes `album/photos2/1.jpg`.
    case prefix
  }

  public var match: Match
  /// nil: the default bucket of the configuration.
  public var bucket: StorageBucket?
  /// The 12 digits of the account that the bucket must belong to.
  public var expectedBucketOwner: String?
  /// Called after each request with what it did, one call at a time; must return soon.
  public var onProgress: (@Sendable (RemoveAllProgress) -> Void)?

  public init(
    match: Match = .folder, bucket: StorageBucket? = nil, expectedBucketOwner: String? = nil,
    onProgress: (@Sendable (RemoveAllProgress) -> Void)? = nil
  ) {
    self.match = match
    self.bucket = bucket
    self.expectedBucketOwner = expectedBucketOwner
    self.onProgress = onProgress
  }
}

/// An object that was not removed.
public struct RemoveFailure: Sendable, Hashable {
  public var path: String
  /// The store's, such as "AccessDenied".
  public var code: String
  public var message: String
}

/// What one request removed; at most 1,000 objects.
public struct RemoveAllProgress: Sendable, Hashable {
  public var removed: [String]
  public var failed: [RemoveFailure]
}

/// What became of all objects.
public struct RemoveAllResult: Sendable, Hashable {
  public var path: String
  /// How many objects were removed.
  public var removedCount: Int
  /// Those that were not, and why.
  public var failed: [RemoveFailure]
}
