// SPDX-License-Identifier: Apache-2.0

/// Which bucket an operation is about.
///
/// A string literal is the name of a bucket in the configuration: `options.bucket = "gallery"`.
public enum StorageBucket: Sendable, Hashable {
  /// One of ``StorageConfiguration/buckets``.
  case named(String)
  /// Any bucket, as the store knows it.
  ///
  /// - region: for example `eu-west-1`; nil takes the region of the environment or the profile.
  case bucket(name: String, region: String? = nil)
}

extension StorageBucket: ExpressibleByStringLiteral {
  public init(stringLiteral name: String) { self = .named(name) }
}

extension StorageConfiguration {
  /// The bucket that an operation with this option is about.
  func bucket(_ option: StorageBucket?) throws(StorageError) -> Bucket {
    switch option ?? defaultBucket {
    case .named(let name):
      if let bucket = buckets[name] { return bucket }
      let known = buckets.keys.sorted().prefix(8).joined(separator: ", ")
      throw StorageError(
        .invalidStorageBucket, detail: "\"\(name)\"; \(known.isEmpty ? "there are none" : "there are: \(known)")")
    case .bucket(let name, let region):
      guard !name.isEmpty else { throw StorageError(.noBucket) }
      return Bucket(name: name, region: region)
    case nil: throw StorageError(.noBucket)
    }
  }
}
