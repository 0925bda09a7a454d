// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Glibc
import Locking
import Logging
import S3Client
import Transfer

/// What the index says of this file. It says "dirty" no later than a write is acknowledged, and "clean" not before the bucket has
/// everything.
extension CacheFile {
  /// Makes bytes and record durable on the local disk. Blocks.
  func sync() throws(WriteBackFailure) {
    if try syncIntoIndex() { return }
    while true {
      let (log, mark, isMarkDurable) = journal.withLock {
        ($0.log.map(ObjectIdentifier.init), $0.log?.length ?? 0, $0.isNameDurable)
      }
      // What begins later may not be on the disk when the sync ends.
      let synced = state.withLock { IndexedFile.Synced(generation: $0.generation, size: $0.size) }
      // With the first one the mark that the file is dirty has to be durable, too, which fdatasync does not promise.
      try syncBytes(alsoMark: !isMarkDurable)
      guard isDirty else { return }
      // What was noted while the bytes were being synced may be ahead of them.
      let isSame = try journal.withLock { (journal: inout Journal) throws(WriteBackFailure) in
        guard let present = journal.log, log != nil else { return true }
        guard ObjectIdentifier(present) == log else { return false }
        try onDisk { () throws(CacheDirectoryFailure) in try present.sync(upTo: mark) }
        return true
      }
      if isSame { return try record(synced) }
    }
  }

  /// Makes a small file durable by its bytes in the index, which is one sync instead of three (see CacheIndex+Content).
  ///
  /// - Returns: false when that does not do, because the file is large, here in part, or being changed.
  private func syncIntoIndex() throws(WriteBackFailure) -> Bool {
    let synced = state.withLock { state -> IndexedFile.Synced? in
      guard state.isDirty, state.size <= CacheIndex.mostContent, state.bytes.isWhole, !state.bytes.isChanging else {
        return nil
      }
      return IndexedFile.Synced(generation: state.generation, size: state.size)
    }
    guard let synced, let bytes = read(first: Int(synced.size)) else { return false }
    let isStored = try journal.withLock { (journal: inout Journal) throws(WriteBackFailure) in
      // What a failed sync says of the bytes, and what a log says of missing ones, goes the other way.
      guard journal.failedSync == nil, journal.log == nil, state.withLock({ $0.isWantedOnDisk }) else { return false }
      _ = try record(&journal, synced, content: bytes)
      return journal.content == synced.generation && journal.synced == synced
    }
    if isStored { try toIndex { index throws(CacheIndexFailure) in try index.sync() } }
    return isStored
  }

  /// Nil when the file has fewer bytes or cannot be read.
  private func read(first count: Int) -> [UInt8]? {
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, done in
      isWhole = count == 0 || pread(data.rawValue, buffer.baseAddress, count, 0) == count
      done = isWhole ? count : 0
    }
    return isWhole ? bytes : nil
  }

  /// The kernel tells once that it could not write bytes out, and forgets them (fsync(2), "EIO"): what it says later counts no
  /// more, until the bucket has the file.
  private func syncBytes(alsoMark: Bool) throws(WriteBackFailure) {
    if let code = journal.withLock({ $0.failedSync }) { throw .local(code: code, operation: "fsync") }
    guard (alsoMark ? fsync(data.rawValue) : fdatasync(data.rawValue)) != 0 else { return }
    let code = errno
    journal.withLock { $0.failedSync = code }
    throw .local(code: code, operation: "fsync")
  }

  /// Makes the index say that this file is dirty, and what it shall become. Does nothing when it says so already, and for a file
  /// that the bucket has as it is.
  ///
  /// - Parameters:
  ///   - synced: which bytes are durable already; then the record is made durable as well.
  ///   - replaced: is forgotten in the same commit.
  func record(
    _ synced: IndexedFile.Synced? = nil, replacing replaced: CacheFile? = nil
  ) throws(WriteBackFailure) {
    let isRecorded = try journal.withLock { (journal: inout Journal) throws(WriteBackFailure) in
      let (isWanted, needsLog, size) = state.withLock { ($0.isWantedOnDisk, !$0.bytes.isWhole, $0.size) }
      guard isWanted else { return false }
      guard journal.record == nil, needsLog else { return try record(&journal, synced, replacing: replaced) }
      // Before the row that counts on it.
      journal.log = try onDisk { [self] () throws(CacheDirectoryFailure) in
        try RangeLog.create(context.directory.rangesPath(id), size: size)
      }
      do throws(WriteBackFailure) {
        return try record(&journal, synced, replacing: replaced)
      } catch {
        journal.log = nil
        throw error
      }
    }
    if synced != nil, isRecorded { try toIndex { index throws(CacheIndexFailure) in try index.sync() } }
  }

  /// Empties the data file of a clean copy and makes the index say that it is dirty and whole: in this order, since a crash in
  /// between must not find a file full of zeros.
  ///
  /// - Returns: false for a file that is dirty already; nothing was done.
  func recordEmptied() throws(WriteBackFailure) -> Bool {
    try journal.withLock { (journal: inout Journal) throws(WriteBackFailure) in
      let (isDiscarded, size, baseSize) = state.withLock { ($0.isDiscarded, $0.size, $0.baseSize) }
      guard journal.record == nil, !isDiscarded else { return false }
      do throws(WriteBackFailure) {
        guard data.setSize(0) else { throw .local(code: errno, operation: "truncate") }
        return try record(&journal, nil)
      } catch {
        _ = data.setSize(size)
        if let baseSize { state.withLock { $0.bytes.forgetFetched(baseSize: baseSize) } }
        throw error
      }
    }
  }

  /// Writes the row, unless it is there as it should be.
  ///
  /// - Parameters: as for ``record(_:replacing:)``; and `content`, the bytes that were synced, to be kept in the index.
  private func record(
    _ journal: inout Journal, _ synced: IndexedFile.Synced?, content: [UInt8]? = nil,
    replacing replaced: CacheFile? = nil
  ) throws(WriteBackFailure) -> Bool {
    let isPartial = journal.log != nil
    var (file, isChanging) = state.withLock { ($0.indexed(as: id, isPartial: isPartial), $0.bytes.isChanging) }
    // A change that has begun may be on the disk in part. Its own record() came before, or will find this one.
    file.synced = synced ?? journal.synced
    if isChanging || file.synced?.generation != file.generation { file.synced = nil }
    if journal.record == nil, let code = DataMark.dirty.set(data) { throw .local(code: code, operation: "chmod") }
    // What was synced before stays there until something newer is: it may be nowhere else.
    let change: CacheIndex.ContentChange =
      if synced == nil || file.synced == nil {
        .keep
      } else if let content {
        .set(content)
      } else {
        journal.content == nil ? .keep : .remove
      }
    if synced != nil, content == nil, !journal.isNameDurable {
      if let code = context.directory.syncNames() { throw .local(code: code, operation: "fsync") }
      journal.isNameDurable = true
    }
    let isNew = synced != nil && (content == nil || journal.content != file.generation)
    guard isNew || journal.record != file.record || journal.synced != file.synced else { return true }
    if let replaced { DataMark.clean.set(replaced.data) }
    do throws(WriteBackFailure) {
      try toIndex { index throws(CacheIndexFailure) in try index.save(file, content: change, replacing: replaced?.id) }
    } catch {
      if let replaced { DataMark.dirty.set(replaced.data) }
      throw error
    }
    (journal.record, journal.synced, journal.wasRecorded) = (file.record, file.synced, true)
    switch change {
    case .keep: break
    case .remove: journal.content = nil
    case .set: journal.content = file.generation
    }
    return true
  }

  // MARK: The range log

  /// Notes what happened to a file that was changed while bytes were missing; does nothing for any other.
  func failureOfNote(_ record: RangeRecord) -> WriteBackFailure? {
    do throws(WriteBackFailure) {
      try journal.withLock { (journal: inout Journal) throws(WriteBackFailure) in
        guard let log = journal.log else { return }
        try onDisk { () throws(CacheDirectoryFailure) in try log.note(record) }
        if log.isLong { try replace(&journal, with: log.history) }
      }
      return nil
    } catch {
      return error
    }
  }

  /// Notes that all bytes are here, if they are: a later run then need not fetch any. A saving: that it fails does no harm.
  func noteWhole() {
    journal.withLock { journal in
      guard let log = journal.log else { return }
      let all = state.withLock { $0.bytes.isWhole && !$0.bytes.isChanging ? 0..<$0.size : nil }
      if let all, !all.isEmpty { try? log.note(.wrote(all)) }
    }
  }

  /// Notes a new size. Bytes that are cut off are gone on the disk soon, so the note of it must not come later.
  ///
  /// - Returns: what the log said before; nil when there is none.
  func noteResize(to size: Int64) throws(WriteBackFailure) -> RangeHistory? {
    try journal.withLock { (journal: inout Journal) throws(WriteBackFailure) in
      guard let log = journal.log else { return nil }
      let (before, old) = (log.history, state.withLock { $0.size })
      try onDisk { () throws(CacheDirectoryFailure) in
        try log.note(.resized(from: old, to: size))
        if size < old { try log.sync() }
      }
      return before
    }
  }

  /// Makes the log say just `history`.
  func replaceLog(with history: RangeHistory) throws(WriteBackFailure) {
    try journal.withLock { (journal: inout Journal) throws(WriteBackFailure) in
      if journal.log != nil { try replace(&journal, with: history) }
    }
  }

  private func replace(_ journal: inout Journal, with history: RangeHistory) throws(WriteBackFailure) {
    // A new log begins with what is on the disk for good.
    if let code = journal.failedSync { throw .local(code: code, operation: "fsync") }
    if fdatasync(data.rawValue) != 0 {
      journal.failedSync = errno
      throw .local(code: errno, operation: "fsync")
    }
    journal.log = try onDisk { [self] () throws(CacheDirectoryFailure) in
      try RangeLog.create(context.directory.rangesPath(id), size: history.size ?? size, dirty: history.dirty)
    }
  }

  private func onDisk<Value>(
    _ body: () throws(CacheDirectoryFailure) -> Value
  ) throws(WriteBackFailure) -> Value {
    do throws(CacheDirectoryFailure) {
      return try body()
    } catch {
      throw .local(code: error.code, operation: "note")
    }
  }

  // MARK: After an upload

  /// After an upload: takes the record away if the bucket has everything, else says which version is there now. With the old
  /// one a crash would make the next run take our own upload for somebody else's change.
  func settleRecord() {
    journal.withLock { journal in
      guard var record = journal.record else { return }
      // A change that has begun counts: its own record() comes after, and must find none to write it anew.
      let isPartial = journal.log != nil
      let (isClean, isChanging, published, now) = state.withLock {
        (
          !$0.bytes.isChanging && !$0.isDirty, $0.bytes.isChanging, $0.publishedGeneration,
          $0.indexed(as: id, isPartial: isPartial)
        )
      }
      guard !isClean else { return erase(&journal) }
      (record.key, record.isExclusive) = (now.record.key, now.record.isExclusive)
      record.mustBeAbsent = now.record.mustBeAbsent
      (record.base, record.baseSize, record.marks) = (now.record.base, now.record.baseSize, now.record.marks)
      // What was synced during the upload is newer than what the bucket has; what was synced before must not replace that.
      let synced = journal.synced.flatMap { !isChanging && $0.generation == now.generation ? $0 : nil }
      let content = journal.content.flatMap { $0 > published ? $0 : nil }
      do throws(WriteBackFailure) {
        let file = IndexedFile(id: id, record: record, generation: now.generation, synced: synced)
        try toIndex { index throws(CacheIndexFailure) in
          try index.save(file, content: journal.content == content ? .keep : .remove)
        }
        (journal.record, journal.synced, journal.content) = (record, synced, content)
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
    DataMark.clean.set(data)
    do throws(WriteBackFailure) {
      try toIndex { index throws(CacheIndexFailure) in try index.remove(id) }
      // The range log goes with the data file: a power loss may bring back the row that counts on it.
      journal = Journal(wasRecorded: true)
    } catch {
      DataMark.dirty.set(data)
    }
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
  /// Whether the disk is to say that the bucket lacks something. An unlinked file is never published, so nothing may say otherwise;
  /// an upload may have ended since the caller looked.
  fileprivate var isWantedOnDisk: Bool { !isDiscarded && (isDirty || bytes.isChanging) }

  /// The row of the file `id` as it should be.
  fileprivate func indexed(as id: String, isPartial: Bool) -> IndexedFile {
    let parked =
      retry.isParked
      ? EntryRecord.Parked(
        reason: retry.reason ?? "refused", isConflict: retry.isConflict, isSuspect: retry.isSuspect) : nil
    // Of one whose base is gone and that is here as a whole, the range log does not know what was fetched.
    let needsNoBase = bytes.isWhole && (base == nil || mustBeAbsent)
    return IndexedFile(
      id: id,
      record: EntryRecord(
        key: key, base: base, baseSize: baseSize, isExclusive: isExclusive,
        isPartial: isPartial && !needsNoBase, properties: properties, marks: recordsMarks ? attempts.marks : [],
        mustBeAbsent: mustBeAbsent && base == nil, parked: parked),
      generation: generation)
  }
}
