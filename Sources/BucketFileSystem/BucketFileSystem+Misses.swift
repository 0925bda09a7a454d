// SPDX-License-Identifier: Apache-2.0
//
// Asking ahead: one listing for many names that do not exist, and the attributes of the names that follow.
//
// For: programs that make many files, and those that look at one entry after the other. MissTally decides when a listing is worth
// its time, and how much of it. Any worker may list; it blocks for the bucket.
// What can go wrong: a directory of a million objects; the listing ends after as many pages as the names that were looked for are
// worth, answers for what it has, and the next one is not tried before more names were missing.

import S3Client
import VFS

extension BucketFileSystem {
  /// Lists the directory when many names were looked for in vain.
  ///
  /// - Returns: whether it did.
  func listForMisses(_ parent: InodeID, _ directory: DirectoryState) throws(Errno) -> Bool {
    let period = configuration.metadataTimeToLive
    let pages = directory.withMisses { $0.pagesToList(at: MonotonicTime.now, period: period) }
    guard pages > 0, mayList(try tree.key(parent).string) else { return false }
    let listing = try makeListing(parent)
    directory.listing = listing
    do throws(S3Error) {
      try listing.load(pages: pages)
    } catch {
      throw report(error, .lookup)
    }
    directory.withMisses { $0.noteListing(pages: listing.pageCount, isComplete: listing.isComplete) }
    return true
  }

  /// The keys behind `name` whose attributes are not known.
  func upcoming(after name: Name, in listing: DirectoryListing, _ parent: InodeID) throws(Errno) -> [ObjectKey] {
    let prefix = try tree.key(parent).string
    var keys: [ObjectKey] = []
    for entry in listing.entries(after: name, count: HeadPrefetch.width) {
      guard case .object(let etag, _, let lastModified) = entry.content else { continue }
      let key = ObjectKey(prefix + entry.name.string)
      let version = AttributeCache.Version(etag: etag, lastModified: lastModified)
      if mayRead(key), attributeCache.attributes(of: key, version: version) == nil { keys.append(key) }
    }
    return keys
  }
}
