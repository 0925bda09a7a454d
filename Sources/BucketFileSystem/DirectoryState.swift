// SPDX-License-Identifier: Apache-2.0
//
// What is remembered of a directory between requests: its last listing, and names that are known to be absent.
//
// State: behind one lock; any thread. Absences have a time, so that an older answer of the bucket that arrives late cannot
// bring back a name that was removed since; and names whose nodes the kernel has let go have one, so that a listing which is older
// than they are does not deny them. What can go wrong: a program that asks for millions of names that do not exist, or makes as
// many; both lists are bounded and start anew when they are full, the second one with the listing.

import Locking
import S3Client
import VFS

final class DirectoryState: Sendable {
  private struct State {
    var listing: DirectoryListing?
    var absences: [Name: Double] = [:]
    /// When names without a node were last known to be there, where the listing is older.
    var dropped: [Name: Double] = [:]
    /// Another entry than the one that is being removed, so that the directory surely stays.
    var witness: Name?
    var hasMarker: Bool?
    var misses = MissTally()
  }

  private static let maximumAbsences = 10_000
  private let state = Lock(State())

  /// The listing that was begun last.
  var listing: DirectoryListing? {
    get { state.withLock { $0.listing } }
    set {
      state.withLock { state in
        state.listing = newValue
        state.dropped = state.dropped.filter { $0.value >= newValue?.startedAt ?? .infinity }
      }
    }
  }

  /// The node of `name`, which was right at `time` (monotonic seconds), is dropped.
  func noteDropped(_ name: Name, confirmedAt time: Double) {
    state.withLock { state in
      guard let listing = state.listing, listing.startedAt <= time else { return }
      if state.dropped.count >= DirectoryState.maximumAbsences { (state.listing, state.dropped) = (nil, [:]) }
      state.dropped[name] = time
    }
  }

  /// Whether a name that has no node was known better than the bucket did at `time`.
  func isYounger(_ name: Name, than time: Double) -> Bool {
    state.withLock { $0.dropped[name].map { $0 >= time } ?? false }
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
      if state.absences.count >= DirectoryState.maximumAbsences { state.absences = [:] }
      state.absences[name] = max(state.absences[name] ?? 0, time)
      if state.witness == name { state.witness = nil }
    }
  }

  /// The tally of names that were looked for in vain.
  func withMisses<Result>(_ body: (inout MissTally) -> Result) -> Result { state.withLock { body(&$0.misses) } }

  func notePresent(_ name: Name) {
    state.withLock { state in
      state.absences[name] = nil
    }
  }

  /// When `name` was last known to be absent.
  func absence(of name: Name) -> Double? { state.withLock { $0.absences[name] } }
}
