// SPDX-License-Identifier: Apache-2.0
//
// Removes data files, each after the index has durably forgotten it.
//
// For: a row whose removal a power loss undid must find its bytes, or the next start would take the row for a file whose bytes
// are lost. A sync for each removal would cost milliseconds, so removals wait for each other: until there are `countLimit` of
// them or they hold `bytesLimit` bytes, until somebody needs the room, or until the end. A crash meanwhile leaves data files that are
// marked clean, which the next start removes.
// State: the ids that wait, behind one lock, not held during the sync. Calls block now and then for one sync; any thread but
// those of the cooperative pool. What can go wrong: the sync fails; then they wait for the next one.

private import Glibc
import Locking

final class DataRemovals: Sendable {
  private struct State {
    var waiting: [(id: String, bytes: Int64)] = []
    var bytes: Int64 = 0
    var isRunning = false
  }

  static let countLimit = 256
  static let bytesLimit: Int64 = 32 << 20

  private let directory: String
  private let sync: @Sendable () throws(CacheIndexFailure) -> Void
  private let state = Lock(State())

  /// - Parameters:
  ///   - directory: where the data files are.
  ///   - sync: makes everything durable that the index was told before the call.
  init(directory: String, sync: @escaping @Sendable () throws(CacheIndexFailure) -> Void) {
    self.directory = directory
    self.sync = sync
  }

  /// Bytes of files that wait.
  var waitingBytes: Int64 { state.withLock { $0.bytes } }

  /// The index was told to forget `id`, whose data file has `bytes` bytes.
  func add(_ id: String, bytes: Int64) {
    let isDue = state.withLock { state in
      state.waiting.append((id, bytes))
      state.bytes += bytes
      return state.waiting.count >= DataRemovals.countLimit || state.bytes >= DataRemovals.bytesLimit
    }
    if isDue { run() }
  }

  /// Removes what waits now, unless another thread is doing it.
  ///
  /// - Returns: bytes that were freed.
  @discardableResult
  func run() -> Int64 {
    let batch = state.withLock { state -> [(id: String, bytes: Int64)] in
      guard !state.isRunning, !state.waiting.isEmpty else { return [] }
      state.isRunning = true
      defer { state.waiting = [] }
      return state.waiting
    }
    guard !batch.isEmpty else { return 0 }
    var freed: Int64 = 0
    var isSynced = true
    do throws(CacheIndexFailure) { try sync() } catch { isSynced = false }
    if isSynced {
      for (id, bytes) in batch {
        unlink("\(directory)/\(id)")
        unlink("\(directory)/\(id).ranges")
        freed += bytes
      }
    }
    state.withLockAndNotify { state in
      state.isRunning = false
      state.bytes -= freed
      if !isSynced { state.waiting = batch + state.waiting }
    }
    return freed
  }

  /// Removes all; waits for another thread that does.
  func finish() {
    state.waitForever { $0.isRunning ? nil : () }
    run()
  }
}
