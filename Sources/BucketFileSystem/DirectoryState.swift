// SPDX-License-Identifier: Apache-2.0
//
// What is remembered of a directory between requests: its last listing, and names that are known to be absent.
//
// State: behind one lock; any thread. Absences have a time, so that an older answer of the bucket that arrives late cannot bring back a
// name that was removed since; so have changes of names that were made here, whose nodes the kernel may have forgotten. What can go
// wrong: a program that asks for millions of names that do not exist; the list of absences is bounded and starts anew when it is full.

import Locking
import S3Client
import VFS

final class DirectoryState: Sendable {
  private struct State {
    var listing: DirectoryListing?
    var absences: [Name: Double] = [:]
    /// When names were made, or got another version, here.
    var changes: [Name: Double] = [:]
    /// Another entry than the one that is being removed, so that the directory surely stays.
    var witness: Name?
    var hasMarker: Bool?
    var misses = MissTally()
    /// The names of all directories in it; nil when nobody has counted them.
    var subdirectories: Set<Name>?
  }

  private static let maximumAbsences = 10_000
  /// Of changes that are remembered; the oldest of more are of no use any more.
  private static let maximumChanges = 10_000
  private let state = Lock(State())

  /// The listing that was begun last.
  var listing: DirectoryListing? {
    get { state.withLock { $0.listing } }
    set { state.withLock { $0.listing = newValue } }
  }

  /// An entry that was seen in the directory.
  var witness: Name? { state.withLock { $0.witness } }

  /// The bucket had `name` when it was asked at `time` (monotonic seconds). Says nothing when it was removed since.
  func noteSeen(_ name: Name, at time: Double) {
    state.withLock { state in
      if state.absences[name].map({ $0 < time }) ?? true { state.witness = name }
    }
  }

  /// Whether the directory has a marker object of its own; nil when nobody looked.
  var hasMarker: Bool? {
    get { state.withLock { $0.hasMarker } }
    set { state.withLock { $0.hasMarker = newValue } }
  }

  /// `name` does not exist since `time` (monotonic seconds).
  func noteAbsent(_ name: Name, at time: Double) {
    state.withLock { state in
      state.subdirectories?.remove(name)
      if state.absences.count >= DirectoryState.maximumAbsences { state.absences = [:] }
      state.absences[name] = max(state.absences[name] ?? 0, time)
      if state.witness == name { state.witness = nil }
    }
  }

  /// The tally of names that were looked for in vain.
  func withMisses<Result>(_ body: (inout MissTally) -> Result) -> Result { state.withLock { body(&$0.misses) } }

  func notePresent(_ name: Name, isDirectory: Bool) {
    state.withLock { state in
      state.absences[name] = nil
      if isDirectory { state.subdirectories?.insert(name) } else { state.subdirectories?.remove(name) }
      if state.subdirectories?.count ?? 0 > DirectoryState.maximumSubdirectories { state.subdirectories = nil }
    }
  }

  /// Forgets what the bucket can tell again.
  func trim() {
    let now = MonotonicTime.now
    state.withLock { state in
      (state.listing, state.absences, state.witness, state.misses) = (nil, [:], nil, MissTally())
      // As long as an answer may be on its way that was asked for before.
      state.changes = state.changes.filter { now - $0.value < DirectoryState.longestAnswer }
      if state.subdirectories?.count ?? 0 > 1_000 { state.subdirectories = nil }
    }
  }

  /// Seconds that a request may take (see docs/SEMANTICS.md, "Errors").
  private static let longestAnswer = 60.0

  // MARK: Links

  private static let maximumSubdirectories = 100_000

  /// It was just made: nothing is in it.
  func isEmpty() { state.withLock { $0.subdirectories = [] } }

  /// A listing has told all directories in it.
  func noteSubdirectories(_ names: Set<Name>) {
    state.withLock { $0.subdirectories = names.count > DirectoryState.maximumSubdirectories ? nil : names }
  }

  /// Two (its name and `.`) and the `..` of each directory in it; 1 when those were not counted, by which programs like find(1) know
  /// that the number says nothing.
  var linkCount: UInt32 { state.withLock { $0.subdirectories.map { 2 + UInt32($0.count) } ?? 1 } }

  /// `name` is there, or is another version, since now: what the bucket was asked before says nothing of it any more.
  ///
  /// Bounded: when there are too many, the listing goes that they are remembered for.
  func noteChanged(_ name: Name) {
    state.withLock { state in
      state.absences[name] = nil
      if state.changes.count >= DirectoryState.maximumChanges { (state.changes, state.listing) = ([:], nil) }
      state.changes[name] = MonotonicTime.now
    }
  }

  /// Whether an answer of the bucket that was asked for at `time` (monotonic seconds) is older than what was done here.
  func isOutdated(_ time: Double, for name: Name) -> Bool {
    state.withLock { state in state.changes[name].map { $0 >= time } ?? false }
  }

  /// When `name` was last known to be absent.
  func absence(of name: Name) -> Double? { state.withLock { $0.absences[name] } }
}
