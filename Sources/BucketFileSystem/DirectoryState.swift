// SPDX-License-Identifier: Apache-2.0
//
// What is remembered of a directory between requests: its last listing, and names that are known to be absent.
//
// State: behind one lock; any thread. Absences have a time, so that an older answer of the bucket that arrives late cannot
// bring back a name that was removed since. A name that was made after the listing was asked for, and whose node the kernel has
// forgotten (it does so any time), is remembered beside it. What can go wrong: a program that asks for millions of names that do not exist;
// the list of absences is bounded and starts anew when it is full.

import Locking
import S3Client
import VFS

final class DirectoryState: Sendable {
  private struct State {
    var listing: DirectoryListing?
    var absences: [Name: Double] = [:]
    /// Not in the listing, and known to exist at a time (monotonic seconds) after it was asked for.
    var later: [Name: Double] = [:]
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
        state.later = state.later.filter { $0.value >= newValue?.startedAt ?? .infinity }
      }
    }
  }

  /// The node of `name` is gone, which was known to exist at `confirmedAt` (monotonic seconds).
  func noteForgotten(_ name: Name, confirmedAt: Double) {
    state.withLock { state in
      guard let listing = state.listing, confirmedAt >= listing.startedAt, listing.entry(name) == nil else { return }
      // The listing cannot be believed any more when not all of them can be kept.
      if state.later.count >= DirectoryState.maximumAbsences { (state.listing, state.later) = (nil, [:]) }
      state.later[name] = confirmedAt
    }
  }

  /// Whether `name` was made since the listing was asked for, which therefore says nothing about it.
  func isLater(_ name: Name) -> Bool { state.withLock { $0.later[name] != nil } }

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
      if let seen = state.later[name], seen < time { state.later[name] = nil }
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
