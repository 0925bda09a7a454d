// SPDX-License-Identifier: Apache-2.0
//
// Giving up the bytes of a copy that is open and clean.
//
// For: the quota, when the cache has no room; the copy that was used longest ago is the first. What is read of it later is fetched
// again. No state beyond the file's; on the thread of the writer that wants room, with nothing locked.
// While a read, a change or an upload is under way, a name changes, or the index has a row of it, the bytes stay; the same for a file
// whose object is about to go. Whoever comes while they are being given up waits as for a download.
// What can go wrong: the file cannot be cut; then nothing is given up.

import HTTPTransport
import Locking
import S3Client
import Transfer

extension CacheFile {
  /// Monotonic seconds of the last use of a copy that could be given up now; nil for any other.
  var evictableSince: Double? {
    guard let lastUse = state.withLock({ $0.isEvictable ? $0.lastUse : nil }) else { return nil }
    return allocatedBytes > 0 ? lastUse : nil
  }

  /// - Returns: whether room was freed.
  func evict() -> Bool {
    let before = allocatedBytes
    return cut() && allocatedBytes < before
  }

  private func cut() -> Bool {
    journal.withLock { journal in
      guard journal.record == nil else { return false }
      if journal.wasRecorded {
        // A power loss must not bring a row back that counts on the bytes.
        do throws(CacheIndexFailure) { try context.directory.index.sync() } catch { return false }
        journal.wasRecorded = false
      }
      let evicted = state.withLock { state in state.isEvictable ? state.bytes.beginEvicting() : nil }
      guard let evicted else { return false }
      // Glibc's module has no fallocate(2). What is fetched later makes the file as long as it was, if this does not.
      let isGone = data.setSize(0)
      _ = data.setSize(evicted.size)
      state.withLockAndNotify { $0.bytes.endEvicting(evicted, isGone: isGone) }
      return isGone
    }
  }

  /// Brings all of the object here that is not, for good: it is about to go. Blocks.
  package func keepBytes() throws(WriteBackFailure) {
    state.withLock { $0.isKept = true }
    try hydrate()
  }
}

extension CacheFile.State {
  fileprivate var isEvictable: Bool {
    // By a tag that is not known nothing could be fetched.
    guard let base, !base.value.isEmpty, baseSize == size, bytes.hasSome else { return false }
    return isReadable && !isDirty && !isDiscarded && !isReleased && !isKept && readers == 0 && holds == 0
      && publishing == nil
      && !isSealing
  }
}
