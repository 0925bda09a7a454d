// SPDX-License-Identifier: Apache-2.0
//
// Stored attributes of objects that were seen, so that a listing alone tells all about them again.
//
// For: `ls -l` and `rsync` of a directory that was looked at before: no HEAD for an entry whose ETag and LastModified are
// those of the listing. State: two generations of a dictionary behind a lock; when the young one is full it becomes the old
// one, which is a cheap LRU. Any thread. What can go wrong: attributes changed within the second of LastModified and without
// a new ETag by somebody else; nobody can see that from a listing.

import Locking
import S3Client

final class AttributeCache: Sendable {
  struct Version: Equatable, Sendable {
    var etag: ETag
    /// Seconds since 1970.
    var lastModified: Int64
  }

  private struct Value {
    var etag: ETag
    /// The LastModified, or for what we wrote ourselves, the latest that it can be.
    var lastModified: ClosedRange<Int64>
    var attributes: StoredAttributes
  }

  private struct State {
    var young: [ObjectKey: Value] = [:]
    var old: [ObjectKey: Value] = [:]
  }

  private let capacity: Int
  private let state = Lock(State())

  /// - Parameter capacity: entries of a generation; two are kept.
  init(capacity: Int = 100_000) { self.capacity = capacity }

  /// The attributes of that version of `key`, if they are known.
  func attributes(of key: ObjectKey, version: Version) -> StoredAttributes? {
    state.withLock { state in
      var value = state.young[key]
      if value == nil, let old = state.old[key] {
        value = old
        insert(key, old, &state)
      }
      guard let value, value.etag == version.etag, value.lastModified.contains(version.lastModified) else { return nil }
      // The first listing tells the exact time of our own write.
      if value.lastModified.count > 1 {
        state.young[key]?.lastModified = version.lastModified...version.lastModified
      }
      return value.attributes
    }
  }

  /// Remembers what HEAD or a listing with HEAD told.
  func remember(_ key: ObjectKey, _ version: Version, _ attributes: StoredAttributes) {
    let value = Value(
      etag: version.etag, lastModified: version.lastModified...version.lastModified, attributes: attributes)
    state.withLock { insert(key, value, &$0) }
  }

  /// Remembers what we wrote. The store's clock said `serverTime` when it answered: any later version of the object is
  /// younger than that.
  func remember(_ key: ObjectKey, written: WrittenObject, _ attributes: StoredAttributes) {
    guard let latest = written.serverTime, latest > 0 else { return }
    let value = Value(etag: written.etag, lastModified: 0...latest, attributes: attributes)
    state.withLock { insert(key, value, &$0) }
  }

  func forget(_ key: ObjectKey) {
    state.withLock { state in
      state.young[key] = nil
      state.old[key] = nil
    }
  }

  private func insert(_ key: ObjectKey, _ value: Value, _ state: inout State) {
    if state.young.count >= capacity {
      state.old = state.young
      state.young = [:]
    }
    state.young[key] = value
  }
}
