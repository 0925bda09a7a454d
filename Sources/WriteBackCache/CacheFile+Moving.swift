// SPDX-License-Identifier: Apache-2.0

import Locking
package import S3Client

/// Another name for the file: a rename, or a conflict copy. Waits until nothing is being published, and is recorded before it counts.
extension CacheFile {
  /// Whether an upload of it got no answer: nobody knows which version is in the bucket.
  package var isUnclear: Bool { state.withLock { !$0.attempts.isEmpty } }

  /// What the next publication finds under a key.
  package enum Place: Sendable {
    /// This version, with the bytes that the file had; nil: nothing, or nothing that would count, and all bytes are here.
    case version(ETag?)
    /// Nobody knows. All bytes are here, and replace it, whatever it is.
    case unknown
    /// Nothing, or the publication fails. All bytes are here.
    case absent
  }

  /// The file has another key from now on (a rename). If that cannot be recorded, all is as before.
  ///
  /// Waits until nothing is being published.
  ///
  /// - Parameters:
  ///   - isUnpublished: what was published so far does not count there: the file is dirty.
  ///   - keepsConditions: the move may be undone: what holds of the first publication goes when it is over (``concludeMove()``).
  ///   - replaced: whose name that was and who is discarded next: on disk there is never more than one file of that name.
  package func move(
    to key: ObjectKey, _ place: Place, isUnpublished: Bool = false, keepsConditions: Bool = false,
    replacing replaced: CacheFile? = nil
  ) throws(WriteBackFailure) {
    let (before, abandoned) = waitForUpload { state -> (State.Identity, UploadSession?)? in
      guard state.publishing == nil else { return nil }
      let before = state.identity
      state.identity.key = key
      state.take(place)
      if keepsConditions { (state.isExclusive, state.mustBeAbsent) = (before.isExclusive, before.mustBeAbsent) }
      if isUnpublished { state.generation += 1 }
      return (before, state.dropSession())
    }
    abandon(abandoned)
    guard isDirty else { return }
    do throws(WriteBackFailure) {
      try record(replacing: replaced)
    } catch {
      state.withLock { $0.identity = before }
      throw error
    }
  }

  /// What a file was before a move that may be undone.
  package struct Origin: Sendable {
    fileprivate let identity: State.Identity
  }

  package var origin: Origin { Origin(identity: state.withLock { $0.identity }) }

  /// Undoes a move: key, version, conditions and what is known of uploads are what they were. Also when that cannot be recorded.
  package func moveBack(to origin: Origin) throws(WriteBackFailure) {
    let abandoned = waitForUpload { state -> UploadSession?? in
      guard state.publishing == nil else { return nil }
      state.identity = origin.identity
      state.found = .nothing
      return .some(state.dropSession())
    }
    abandon(abandoned)
    if isDirty { try record() }
  }

  /// A move that kept its conditions will not be undone.
  package func concludeMove() { state.withLock { ($0.isExclusive, $0.mustBeAbsent) = (false, false) } }

  /// A rename is about to let the store copy another object over this one's; if that succeeds, this file is discarded. From now on
  /// the disk knows the copy for our own work: a run that comes after a crash in between undoes it with this file. The rename was
  /// not, then.
  ///
  /// Not for a file that is here only in part: the rest of it is in the object that goes.
  package func expectReplacement(by copy: VersionMark) throws(WriteBackFailure) {
    let isOfUse = state.withLock { state in
      guard state.isDirty, state.bytes.isWhole else { return false }
      state.attempts.add(
        Attempts.Attempt(generation: Attempts.unknown, since: 0, mark: copy, properties: nil, isTelling: true))
      return true
    }
    guard isOfUse else { return }
    do throws(WriteBackFailure) {
      try record()
    } catch {
      state.withLock { $0.attempts.remove(copy) }
      throw error
    }
  }

  /// The copy that ``expectReplacement(by:)`` was for was not made.
  package func missReplacement(by copy: VersionMark) throws(WriteBackFailure) {
    state.withLock { $0.attempts.remove(copy) }
    if isDirty { try record() }
  }

  /// Becomes a file of another name, under which nothing may be, when nothing is being published any more; durable then. If that
  /// cannot be recorded, all is as before.
  func becomeConflictCopy(_ key: ObjectKey) throws(WriteBackFailure) {
    let (before, abandoned) = waitForUpload { state -> ((State.Identity, RetryState), UploadSession?)? in
      guard state.publishing == nil else { return nil }
      let before = (state.identity, state.retry)
      state.identity.key = key
      state.take(.version(nil))
      (state.isExclusive, state.retry) = (true, RetryState())
      return (before, state.dropSession())
    }
    abandon(abandoned)
    do throws(WriteBackFailure) {
      try sync()
    } catch {
      state.withLock { ($0.identity, $0.retry) = before }
      throw error
    }
  }
}

extension CacheFile.State {
  /// What a move changes.
  struct Identity {
    var key: ObjectKey
    var base: ETag?
    var baseSize: Int64?
    var isExclusive: Bool
    var mustBeAbsent: Bool
    var attempts: Attempts
  }

  var identity: Identity {
    get {
      Identity(
        key: key, base: base, baseSize: baseSize, isExclusive: isExclusive, mustBeAbsent: mustBeAbsent,
        attempts: attempts
      )
    }
    set {
      (key, base, baseSize) = (newValue.key, newValue.base, newValue.baseSize)
      (isExclusive, mustBeAbsent, attempts) = (newValue.isExclusive, newValue.mustBeAbsent, newValue.attempts)
    }
  }

  mutating func take(_ place: CacheFile.Place) {
    base = if case .version(let version) = place { version } else { nil }
    if base == nil { hasNoBase() }
    isExclusive = false
    mustBeAbsent = if case .absent = place { true } else { false }
    found = .nothing
    // What was sent under another name is not there.
    attempts = Attempts()
    if case .unknown = place {
      attempts.add(
        Attempts.Attempt(generation: Attempts.unknown, since: 0, mark: nil, properties: nil, isTelling: false))
    }
  }
}
