// SPDX-License-Identifier: Apache-2.0
//
// Records that were read a moment ago.
//
// For: `ls -l` of a record asks for its directory, its document and each link one by one; that is one request. What this mount changes
// counts at once, what others change after a moment. State: some records with the time until which they are believed, behind
// a lock. Any thread.

import Glibc
import Locking
import Records

final class RecordCache: Sendable {
  private struct State {
    var entries: [RecordKey: (record: Record, until: Double)] = [:]
    /// Changes by this mount so far.
    var changes = 0
  }

  /// A moment before a record was asked for.
  struct Moment {
    fileprivate let changes: Int
    fileprivate let time: Double
  }

  private static let limit = 4_096
  private let timeToLive: Double
  private let state = Lock(State())

  /// - Parameter timeToLive: seconds that a record is believed.
  init(timeToLive: Double) { self.timeToLive = timeToLive }

  var now: Moment { Moment(changes: state.withLock { $0.changes }, time: RecordCache.clock) }

  func record(_ key: RecordKey) -> Record? {
    let time = RecordCache.clock
    return state.withLock { state in
      guard let entry = state.entries[key], entry.until > time else { return nil }
      return entry.record
    }
  }

  /// Remembers a record that was asked for at `moment`, unless something was changed since: the answer may be older than that.
  func remember(_ record: Record, _ key: RecordKey, askedAt moment: Moment) {
    state.withLock { state in
      guard state.changes == moment.changes else { return }
      store(record, key, until: moment.time + timeToLive, in: &state)
    }
  }

  /// This mount has changed a record.
  ///
  /// - Parameter record: what it is now; nil when it is gone, or nobody knows.
  func changed(_ key: RecordKey, to record: Record?) {
    let time = RecordCache.clock
    state.withLock { state in
      state.changes += 1
      state.entries[key] = nil
      if let record { store(record, key, until: time + timeToLive, in: &state) }
    }
  }

  private func store(_ record: Record, _ key: RecordKey, until: Double, in state: inout State) {
    if state.entries.count >= RecordCache.limit, state.entries[key] == nil { state.entries = [:] }
    state.entries[key] = (record, until)
  }

  /// Seconds of a clock that never jumps.
  private static var clock: Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}
