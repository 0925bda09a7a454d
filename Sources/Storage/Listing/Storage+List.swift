// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import S3Client

extension Storage {
  /// Lists one page of the objects whose paths begin with `path`.
  ///
  /// End the path with a slash to list a folder: `album/photos` also finds `album/photos2/1.jpg`. The empty path is the whole bucket.
  public func list(path: StoragePath, options: ListOptions = ListOptions()) async throws(StorageError) -> ListPage {
    let prefix = try await path.key(in: connections.configuration, for: .prefix).string
    var delimiter: String?
    if case .exclude(let text) = options.subpathStrategy { delimiter = text.isEmpty ? nil : text }
    let client = try await client(
      StorageOptions(
        bucket: options.bucket, useAccelerateEndpoint: options.useAccelerateEndpoint,
        expectedBucketOwner: options.expectedBucketOwner))
    do throws(S3Error) {
      return ListPage(
        try await client.listObjects(
          prefix: prefix, delimiter: delimiter, continuationToken: options.nextToken,
          maximumKeys: (1...1_000).contains(options.pageSize) ? options.pageSize : 1_000))
    } catch {
      throw StorageError(error)
    }
  }

  /// The pages of a listing, each asked for when it is wanted.
  public func listPages(path: StoragePath, options: ListOptions = ListOptions()) -> ListPages {
    ListPages(storage: self, path: path, options: options)
  }

  /// Lists all objects whose paths begin with `path`; they must fit into memory, see ``listPages(path:options:)``.
  public func listAll(path: StoragePath, options: ListOptions = ListOptions()) async throws(StorageError) -> ListPage {
    var options = options
    options.pageSize = 1_000
    var all = ListPage()
    var pages = listPages(path: path, options: options).makeAsyncIterator()
    while let page = try await pages.next(isolation: nil) {
      all.items += page.items
      all.excludedSubpaths += page.excludedSubpaths
    }
    return all
  }
}

/// The pages of a listing.
public struct ListPages: AsyncSequence, Sendable {
  let storage: Storage
  let path: StoragePath
  let options: ListOptions

  public struct AsyncIterator: AsyncIteratorProtocol {
    let storage: Storage
    let path: StoragePath
    var options: ListOptions
    var hasEnded = false

    /// The next page; nil behind the last.
    ///
    /// - Throws: what ``Storage/list(path:options:)`` throws; the same page is asked for again by the next call.
    public mutating func next(isolation: isolated (any Actor)? = #isolation) async throws(StorageError) -> ListPage? {
      if hasEnded { return nil }
      let page = try await storage.list(path: path, options: options)
      options.nextToken = page.nextToken
      hasEnded = page.nextToken == nil
      return page
    }
  }

  public func makeAsyncIterator() -> AsyncIterator { AsyncIterator(storage: storage, path: path, options: options) }
}

extension ListPage {
  init(_ listing: ObjectListing) {
    items = listing.objects.map {
      ListItem(
        path: $0.key.string, size: $0.size, eTag: $0.etag.shown, lastModified: Date(secondsOrNone: $0.lastModified),
        storageClass: $0.storageClass)
    }
    excludedSubpaths = listing.commonPrefixes
    nextToken = listing.nextContinuationToken
  }
}
