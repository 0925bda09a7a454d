// SPDX-License-Identifier: Apache-2.0
//
// The local copy of one object that is being written.
//
// For: everything between write(2) and the bucket. State: the sparse data file; behind one lock which bytes it has and which of
// them the bucket lacks (LocalBytes), its generation, the parts already sent and the upload under way. File-system workers call the
// blocking methods (write, truncate, read, publishAndWait); uploads are tasks. Network and disk are never touched with that lock
// held; behind another one (the journal) is what the disk knows of the file.
// Bytes: a copy of an object begins with none of them. What is read is fetched; what is written is not. A file that was changed
// while bytes were missing has a range log beside the data file, in which each write is noted before it is acknowledged.
// Generations: each change adds one; an upload remembers the generation it sealed, and clears only that.
// Consistency: once sealed, bytes that were not sent yet cannot change: a writer that would change them waits until they
// are sent. So every object is the file at one moment.
// What can go wrong: any failed upload leaves bytes, record and dirtiness as they were.
// Lock order: journal before state.

import HTTPTransport
private import Glibc
import Locking
package import S3Client
import Transfer

package final class CacheFile: Sendable {
  /// The version in the bucket that a local copy began with.
  package struct Base: Equatable, Sendable {
    package var etag: ETag
    /// Bytes.
    package var size: Int64

    package init(etag: ETag, size: Int64) {
      self.etag = etag
      self.size = size
    }
  }

  /// What the bucket has since an upload ended.
  package struct Publication: Sendable {
    package var written: WrittenObject
    package var size: Int64
    package var properties: ObjectProperties
    package var key: ObjectKey
  }

  struct State {
    var key: ObjectKey
    var base: ETag?
    /// Of that version, in bytes, where it is known; it is when bytes are missing here.
    var baseSize: Int64?
    /// The first publication must find nothing.
    var isExclusive: Bool
    /// The same, because somebody has removed the object that this was to replace, or a rename was to replace nothing. Part of
    /// the record without a base: what was removed the next run finds out anew.
    var mustBeAbsent = false
    /// What a file that replaces whatever is there replaces next: what was there when its last attempt was refused.
    var found = Found.nothing
    /// The store has refused to copy parts of the base.
    var isCopyRefused = false
    var properties: ObjectProperties
    /// The same, as far as it is known before the last write; nil when all is.
    var earlyProperties: ObjectProperties?
    var bytes: LocalBytes
    var generation: UInt64 = 0
    var publishedGeneration: UInt64 = 0
    var lastPublication: Publication?
    var readAhead = FetchWindow()
    /// The file was written from its start to here, and nothing is known beyond.
    var writtenPrefix: Int64 = 0
    var session: UploadSession?
    var sessionCount = 0
    /// An earlier run may have begun an upload that this one can go on with.
    var mayResume = false
    /// Whether what the bucket has may be read, by the rights that there are. Otherwise bytes that are here stay, and an upload begins
    /// when all is known: what it did not say could not be said by a copy, which reads the object.
    var isReadable = true
    /// A session that failed by itself is not begun again before somebody publishes.
    var sendsEarly = true
    /// A seal waits for the changes that have begun; no other one begins.
    var isSealing = false
    var seal: Seal?
    var publishing: Task<Result<Publication, WriteBackFailure>, Never>?
    /// Renames and removals under way: only they publish.
    var holds = 0
    var isDiscarded = false
    /// Its object is about to go, so that its bytes must stay here.
    var isKept = false
    /// Reads under way.
    var readers = 0
    /// Monotonic seconds of the last read or change.
    var lastUse = 0.0
    /// Its data file is gone: it takes no more changes.
    var isReleased = false
    var retry = RetryState()
    /// Nothing is sent unless somebody waits for it.
    var isPaused = false
    /// Callers that wait until this file is published.
    var awaiting = 0
    var attempts = Attempts()
  }

  /// What is under a name.
  enum Found {
    case nothing
    case version(ETag)
    /// We may write and not look.
    case unknown
  }

  /// Tries of a failed upload.
  struct RetryState {
    var attempts = 0
    /// Monotonic seconds; nil when none is planned.
    var nextAttempt: Double?
    var reason: String?
    var isParked = false
    /// Parked because somebody else has the name.
    var isConflict = false
    /// Parked because the machine went down before its bytes were known to be on the disk.
    var isSuspect = false
  }

  package let id: String
  let data: FileDescriptor
  let context: CacheContext
  let state: Lock<State>
  let journal: Lock<Journal>

  /// What the index knows of this file.
  struct Journal {
    /// The record as it is there; nil when there is none.
    var record: EntryRecord?
    /// Which bytes the index calls durable.
    var synced: IndexedFile.Synced?
    /// Which bytes the bucket lacks, for a file that was changed while others were missing.
    var log: RangeLog?
    /// Whether the name of the data file and its mark would survive a power loss.
    var isNameDurable = false
    /// The errno of a sync of the bytes that failed; they may be gone from memory, too.
    var failedSync: Int32?
    /// The generation whose bytes the index may have (see CacheIndex+Content); nil for none.
    var content: UInt64?
    /// Whether the index has known this file, and may know it again after a power loss.
    var wasRecorded = false
  }

  init(
    id: String, data: FileDescriptor, context: CacheContext, state: sending State, journal: sending Journal = Journal()
  ) {
    self.id = id
    self.data = data
    self.context = context
    self.state = Lock(state)
    self.journal = Lock(journal)
  }

  // MARK: Facts

  /// Bytes.
  package var size: Int64 { state.withLock { $0.size } }

  package var key: ObjectKey { state.withLock { $0.key } }

  /// Moves with each change of the bytes.
  package var generation: UInt64 { state.withLock { $0.generation } }

  /// Whether the bucket lacks something that was acknowledged here.
  package var isDirty: Bool { state.withLock { $0.isDirty } }

  /// Whether properties that are set now go along with an upload to come.
  package var carriesProperties: Bool { state.withLock { $0.isDirty && $0.publishing == nil } }

  /// Whether all bytes are here.
  package var isWhole: Bool { state.withLock { $0.bytes.isWhole } }

  /// Whether the bucket's version is not what a reader should see, or not needed for it.
  package var servesReads: Bool { state.withLock { $0.bytes.isWhole || $0.generation > 0 } }

  /// Whether the next publication must find nothing under the key.
  package var isExclusive: Bool { state.withLock { $0.isExclusive } }

  /// Whether the last upload failed: it is planned again, or parked.
  package var hasFailed: Bool { state.withLock { $0.retry.attempts > 0 } }

  /// The object got a new version without new bytes: its attributes were changed.
  package func rebase(_ etag: ETag) {
    state.withLock { state in
      if state.base != nil { state.base = etag }
    }
  }

  /// The version in the bucket that the next publication replaces.
  package var base: ETag? { state.withLock { $0.base } }

  /// The object that has just what the file has; nil when there is none.
  package var publishedVersion: (key: ObjectKey, etag: ETag, size: Int64)? {
    state.withLock { state in
      guard !state.isDirty, !state.bytes.isChanging, state.baseSize == state.size, let base = state.base,
        !base.value.isEmpty
      else { return nil }
      return (state.key, base, state.size)
    }
  }

  /// Whether there is, or may be, an object under the key.
  package var mayExistInBucket: Bool {
    state.withLock { $0.base != nil || $0.lastPublication != nil || $0.seal != nil || !$0.attempts.isEmpty }
  }

  /// Whether this copy was published.
  package var hasPublished: Bool { state.withLock { $0.lastPublication != nil } }

  package var properties: ObjectProperties { state.withLock { $0.properties } }

  /// Says what the object shall say about itself from the next publication on; ``noteProperties()`` has to follow when that is
  /// new.
  ///
  /// - Parameter early: what an upload says that begins before the last write. What it says otherwise costs a copy in the end.
  /// - Returns: whether it is new, and whether a publication is sure to carry it: false when none is to come, or one is under
  ///   way, which may have been sealed before.
  package func setProperties(
    _ properties: ObjectProperties, early: ObjectProperties? = nil
  ) -> (isNew: Bool, travels: Bool) {
    state.withLock { state in
      defer { (state.properties, state.earlyProperties) = (properties, early) }
      return (state.properties != properties, state.isDirty && state.publishing == nil)
    }
  }

  /// Makes the index say what ``setProperties(_:)`` said, for a file that is in it.
  package func noteProperties() throws(WriteBackFailure) {
    if isDirty { try record() }
  }

  /// Takes no more changes from now on; waits for one that has begun.
  ///
  /// - Returns: false when it is dirty: then it takes them still.
  func retire() -> Bool {
    state.waitForever { state -> Bool? in
      if state.isDirty { return false }
      guard !state.bytes.isChanging || state.isDiscarded else { return nil }
      state.isReleased = true
      return true
    }
  }
}

extension CacheFile.State {
  var isDirty: Bool { !isDiscarded && generation != publishedGeneration }

  var isHeldBack: Bool { isPaused && awaiting == 0 }

  var size: Int64 { bytes.size }

  /// The bucket has nothing of it. What is missing here is still missing in a file of the size that the base had.
  mutating func hasNoBase() {
    if bytes.isWhole { baseSize = nil }
    bytes.becomeNew()
  }

  /// Forgets the upload that was begun early. Returns what has to be told to the store.
  mutating func dropSession() -> UploadSession? {
    defer { session = nil }
    return session
  }
}
