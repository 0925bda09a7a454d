// SPDX-License-Identifier: Apache-2.0
//
// Whether the store keeps to the condition of a write (If-Match, If-None-Match), found out once and remembered.
//
// For: publishing. S3 does since 2024, other stores refuse such headers (501) or, worse, do not see them. A store that nobody
// vouches for is asked with the first overwrite: its object is looked at, and then written on a condition that cannot hold. A
// store that refuses that keeps conditions, and gets the write again with the right one; one that writes does not. Nothing
// else is written for that, and nothing is written that was not to be. With a store that keeps no conditions each overwrite looks
// first: somebody who writes in between is overwritten, and a warning says so.
// State: one value behind a lock, and a fact of the index: only that a store keeps conditions is remembered beyond this run, so that
// one which has learned it is believed after the next mount. Tasks of uploads. What can go wrong: the fact cannot be written;
// then the next run asks again.

import Locking
import Logging
import S3Client
import Transfer

final class ConditionalWrites: Sendable {
  enum Support: Sendable {
    case unknown, kept, lacking
  }

  /// The tag of no version.
  static let impossible = ETag("pail-asks-whether-conditions-are-kept")

  private let current: Lock<Support>
  private let client: S3Client
  private let index: CacheIndex
  private let logger: Logger

  /// - Parameter support: what is known already; nil: what the index remembers of this store.
  init(_ support: Support?, client: S3Client, index: CacheIndex, logger: Logger) {
    self.client = client
    self.index = index
    self.logger = logger
    let isRemembered = (try? index.fact(.conditionalWrites)) == client.storeName
    current = Lock(support ?? (client.isOfAWS || isRemembered ? .kept : .unknown))
  }

  var support: Support { current.withLock { $0 } }

  /// Blocks.
  func note(_ support: Support) {
    let isNew = current.withLock { current in
      defer { current = support }
      return current != support
    }
    guard isNew else { return }
    switch support {
    case .kept: try? index.save(client.storeName, as: .conditionalWrites)
    case .lacking:
      logger.warning(
        "the store does not check If-Match: what others write to a file at the moment of its upload is overwritten")
    case .unknown: break
    }
  }
}
