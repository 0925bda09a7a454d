// SPDX-License-Identifier: Apache-2.0

import S3Client

/// Which bucket an operation is about, and what it must be.
public struct StorageOptions: Sendable {
  /// nil: the default bucket of the configuration.
  public var bucket: StorageBucket?
  public var useAccelerateEndpoint: Bool
  /// The 12 digits of the account that the bucket must belong to.
  public var expectedBucketOwner: String?

  public init(
    bucket: StorageBucket? = nil, useAccelerateEndpoint: Bool = false, expectedBucketOwner: String? = nil
  ) {
    self.bucket = bucket
    self.useAccelerateEndpoint = useAccelerateEndpoint
    self.expectedBucketOwner = expectedBucketOwner
  }
}

extension Storage {
  /// Tells what an object is, without its content.
  ///
  /// - Throws: "NotFound" when there is none; "Forbidden" when it may not be read, or when the store does not tell whether it is there.
  public func getProperties(
    path: StoragePath, options: StorageOptions = StorageOptions()
  ) async throws(StorageError) -> ItemProperties {
    let key = try await path.key(in: connections.configuration)
    let client = try await client(options)
    do throws(S3Error) {
      return ItemProperties(try await client.headObject(key), path: key.string)
    } catch {
      throw StorageError(error)
    }
  }

  /// The client for the bucket of an operation.
  func client(_ options: StorageOptions) async throws(StorageError) -> S3Client {
    try AccountID.check(options.expectedBucketOwner)
    return try await connections.connection(
      to: options.bucket, owner: options.expectedBucketOwner, accelerated: options.useAccelerateEndpoint
    ).client
  }
}
