// SPDX-License-Identifier: Apache-2.0

import S3Client

extension Storage {
  /// Removes exactly one object; succeeds when there is none.
  ///
  /// A path that is also a folder, `album` beside `album/1.jpg`, loses nothing but its own object.
  /// - Parameter eTag: removes this version only, where the store regards the condition (S3 User Guide, "conditional deletes");
  ///   with or without quotation marks.
  /// - Throws: "PreconditionFailed" when another version is there.
  @discardableResult
  public func remove(
    path: StoragePath, eTag: String? = nil, options: StorageOptions = StorageOptions()
  ) async throws(StorageError) -> RemoveResult {
    let key = try await path.key(in: connections.configuration)
    let client = try await client(options)
    do throws(S3Error) {
      try await client.deleteObject(key, ifMatch: eTag.map { ETag($0) })
      return RemoveResult(path: key.string)
    } catch {
      throw StorageError(error)
    }
  }

  /// Removes all objects under a folder, 1,000 in a request.
  ///
  /// Objects that come while it runs may or may not be removed. It ends with an error when a request fails as a whole; what was
  /// removed before stays so.
  /// - Parameter path: with a slash at its end, unless the options say that it is a prefix.
  /// - Returns: also when some objects were not removed: see ``RemoveAllResult/failed``.
  /// - Throws: "InvalidRemovePath" for the whole bucket, or a folder without its slash.
  @discardableResult
  public func removeAll(
    under path: StoragePath, options: RemoveAllOptions = RemoveAllOptions()
  ) async throws(StorageError) -> RemoveAllResult {
    // Before the rules for paths, which speak of a slash that is too many.
    if case .path(let text) = path { try RemovalRules.check(text, options.match) }
    let prefix = try await path.key(in: connections.configuration).string
    try RemovalRules.check(prefix, options.match)
    let client = try await client(
      StorageOptions(bucket: options.bucket, expectedBucketOwner: options.expectedBucketOwner))
    var result = RemoveAllResult(path: prefix, removedCount: 0, failed: [])
    var token: String?
    do throws(S3Error) {
      repeat {
        let page = try await client.listObjects(prefix: prefix, continuationToken: token)
        token = page.nextContinuationToken
        guard !page.objects.isEmpty else { continue }
        let failed = try await client.deleteObjects(page.objects.map(\.key)).map {
          RemoveFailure(path: $0.key.string, code: $0.code, message: $0.message)
        }
        let failedPaths = Set(failed.map(\.path))
        let removed = page.objects.map(\.key.string).filter { !failedPaths.contains($0) }
        result.removedCount += removed.count
        result.failed += failed
        options.onProgress?(RemoveAllProgress(removed: removed, failed: failed))
      } while token != nil
      return result
    } catch {
      throw StorageError(error)
    }
  }
}
