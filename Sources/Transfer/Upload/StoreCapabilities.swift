// SPDX-License-Identifier: Apache-2.0
//
// What a store can do beyond the least, found out once and remembered.
//
// For: checksums of multipart uploads. State: one value behind a lock; shared by all uploads to a store, any thread. What is
// not known is tried, see MultipartUpload; a store that refuses is not asked again. What can go wrong: a store that gains an
// ability is believed to lack it until the process ends.

package import S3Client
private import Locking

package final class StoreCapabilities: Sendable {
  private let best = Lock(MultipartChecksums.fullObject)

  package init() {}

  /// The best checksums that the store is not known to refuse.
  package var checksums: MultipartChecksums { best.withLock { $0 } }

  /// The store refused better ones than these.
  package func noteBest(_ checksums: MultipartChecksums) { best.withLock { $0 = checksums } }
}

extension MultipartChecksums {
  /// The next best kind.
  var fallback: MultipartChecksums? {
    switch self {
    case .fullObject: .composite
    case .composite: MultipartChecksums.none
    case .none: nil
    }
  }
}
