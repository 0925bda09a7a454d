// SPDX-License-Identifier: Apache-2.0
//
// Removes data files, each after the index has durably forgotten it.
//
// For: a row whose removal a power loss undid must find its bytes, or the next start would take the row for a file whose bytes
// are lost. A sync for each removal would cost milliseconds, so removals wait for each other: until there are `countLimit` of
// them or they hold `bytesLimit` bytes, until somebody needs the room, or until the end. Some are emptied instead and given to the
// next new files: making and removing many small files is what costs file systems most (ext4 without a journal looks for an
// inode that was not removed in the last minutes). A crash meanwhile leaves data files that are marked clean, which the next start
// removes.
// State: the files that wait, and the empty ones, behind one lock, not held during the sync. Calls block now and then for one sync;
// any thread but those of the cooperative pool. What can go wrong: the sync fails; then they wait for the next one. Somebody still
// reads a file that was given up; then it is removed, and its reader keeps what it has.

private import Glibc
import HTTPTransport
import Locking

final class DataRemovals: Sendable {
  /// An empty data file, marked clean.
  struct Spare {
    let id: String
    let data: FileDescriptor
  }

  private struct Removal {
    let id: String
    let bytes: Int64
    var data: FileDescriptor?

    /// The file without its bytes; nil when somebody else has it open, too, it has no name any more, or it cannot be emptied.
    mutating func emptied() -> Spare? {
      guard isKnownUniquelyReferenced(&data), let data else { return nil }
      var status = stat()
      guard fstat(data.rawValue, &status) == 0, status.st_nlink == 1, DataMark(status) == .clean else { return nil }
      return data.setSize(0) ? Spare(id: id, data: data) : nil
    }
  }

  private struct State {
    var waiting: [Removal] = []
    var bytes: Int64 = 0
    var isRunning = false
    var spares: [Spare] = []
  }

  static let countLimit = 256
  /// Each is an open file.
  static let spareLimit = 256
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

  /// An empty data file for a new file, under the name that it has.
  func takeSpare() -> Spare? { state.withLock { $0.spares.popLast() } }

  /// The index was told to forget `id`, whose data file has `bytes` bytes; `data` is that file, if it may be used again.
  func add(_ id: String, bytes: Int64, data: FileDescriptor? = nil) {
    let isDue = state.withLock { state in
      state.waiting.append(Removal(id: id, bytes: bytes, data: data))
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
    var (batch, room) = state.withLock { state -> ([Removal], Int) in
      guard !state.isRunning, !state.waiting.isEmpty else { return ([], 0) }
      state.isRunning = true
      defer { state.waiting = [] }
      return (state.waiting, DataRemovals.spareLimit - state.spares.count)
    }
    guard !batch.isEmpty else { return 0 }
    var freed: Int64 = 0
    var spares: [Spare] = []
    var isSynced = true
    do throws(CacheIndexFailure) { try sync() } catch { isSynced = false }
    if isSynced {
      for index in batch.indices {
        // A power loss may bring the log back; it must not meet another file's row.
        let hadLog = unlink("\(directory)/\(batch[index].id).ranges") == 0 || errno != ENOENT
        if !hadLog, spares.count < room, let spare = batch[index].emptied() {
          spares.append(spare)
        } else {
          unlink("\(directory)/\(batch[index].id)")
        }
        freed += batch[index].bytes
      }
    }
    state.withLockAndNotify { state in
      state.spares += spares
      state.isRunning = false
      state.bytes -= freed
      if !isSynced { state.waiting = batch + state.waiting }
    }
    return freed
  }

  /// Removes all, what is empty included; waits for another thread that does.
  func finish() {
    state.waitForever { $0.isRunning ? nil : () }
    run()
    let spares = state.withLock { state in
      defer { state.spares = [] }
      return state.spares
    }
    for spare in spares { unlink("\(directory)/\(spare.id)") }
  }
}
