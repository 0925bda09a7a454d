// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Glibc
import Locking
import Logging
import S3Client

/// What the index says of this file. It says "dirty" no later than a write is acknowledged, and "clean" not before the bucket has
/// everything.
extension CacheFile {
  /// Makes bytes and record durable on the local disk. Blocks.
  func sync() throws(WriteBackFailure) {
    if fdatasync(data.rawValue) != 0 { throw .local(code: errno, operation: "fsync") }
    if isDirty { try record(durably: true) }
  }

  /// Makes the index say that this file is dirty, and what it shall become. Does nothing when it says so already.
  ///
  /// - Parameters:
  ///   - durably: for a power loss as well; the bytes are durable already.
  ///   - replaced: is forgotten in the same commit.
  func record(durably: Bool = false, replacing replaced: CacheFile? = nil) throws(WriteBackFailure) {
    let isRecorded = try journal.withLock { (journal: inout Journal) throws(WriteBackFailure) in
      let (file, isDiscarded) = state.withLock { ($0.indexed(as: id), $0.isDiscarded) }
      // An unlinked file is never published, so nothing on disk may say otherwise.
      guard !isDiscarded else { return false }
      if durably, !journal.isNameDurable {
        if let code = context.directory.syncNames() { throw .local(code: code, operation: "fsync") }
        journal.isNameDurable = true
      }
      guard durably || journal.record != file.record else { return true }
      try toIndex { index throws(CacheIndexFailure) in try index.save(file, replacing: replaced?.id) }
      journal.record = file.record
      return true
    }
    if durably, isRecorded { try toIndex { index throws(CacheIndexFailure) in try index.sync() } }
  }

  /// After an upload: takes the record away if the bucket has everything, else says which version is there now. With the old
  /// one a crash would make the next run take our own upload for somebody else's change.
  func settleRecord() {
    journal.withLock { journal in
      guard var record = journal.record else { return }
      // A change that has begun counts: its own record() comes after, and must find none to write it anew.
      let (isClean, now) = state.withLock { ($0.activeChanges == 0 && !$0.isDirty, $0.indexed(as: id)) }
      guard !isClean else { return erase(&journal) }
      (record.key, record.isExclusive) = (now.record.key, now.record.isExclusive)
      (record.base, record.baseSize) = (now.record.base, now.record.baseSize)
      do throws(WriteBackFailure) {
        let file = IndexedFile(id: id, record: record, generation: now.generation)
        try toIndex { index throws(CacheIndexFailure) in try index.save(file) }
        journal.record = record
      } catch {
        // The next change says it.
      }
    }
  }

  /// Takes the record of a file away that is clean or discarded, unless that was done.
  func eraseRecord() {
    journal.withLock { journal in
      if !isDirty { erase(&journal) }
    }
  }

  /// A record that stays, because the disk is full or broken, is erased once more when the file is given up.
  private func erase(_ journal: inout Journal) {
    guard journal.record != nil else { return }
    do throws(WriteBackFailure) {
      try toIndex { index throws(CacheIndexFailure) in try index.remove(id) }
      journal.record = nil
    } catch {}
  }

  private func toIndex(_ body: (CacheIndex) throws(CacheIndexFailure) -> Void) throws(WriteBackFailure) {
    do throws(CacheIndexFailure) {
      try body(context.directory.index)
    } catch {
      context.logger.error("a change of the cache index failed", metadata: ["key": "\(key)", "error": "\(error)"])
      throw .local(code: error.code, operation: "record")
    }
  }
}

extension CacheFile.State {
  /// The row of the file `id` as it should be.
  fileprivate func indexed(as id: String) -> IndexedFile {
    let parked =
      retry.isParked ? EntryRecord.Parked(reason: retry.reason ?? "refused", isConflict: retry.isConflict) : nil
    return IndexedFile(
      id: id,
      record: EntryRecord(
        key: key, base: base, baseSize: baseSize, isExclusive: isExclusive, properties: properties, parked: parked),
      generation: generation)
  }
}
