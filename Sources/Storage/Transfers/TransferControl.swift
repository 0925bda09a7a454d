// SPDX-License-Identifier: Apache-2.0
//
// What the owner of a transfer asks of it, also before the transfer itself exists.
//
// For: UploadTask and DownloadTask. A task is handed out at once; its path, bucket and credentials are found out meanwhile, and
// only then is there a transfer of the engine. State: the engine's transfer once there is one, what was asked before, and how it
// ended; behind a lock. Any thread may call; nothing blocks. Lock order: this, then that of the engine's transfer, then
// ProgressFeed.

import Locking
import Transfer

/// A transfer of the engine.
protocol ControlledTransfer: Sendable {
  var phase: TransferPhase { get }
  func start()
  func pause()
  func resume()
  /// - keepsParts: leave to a later transfer of the same what this one has done.
  func cancel(keepsParts: Bool)
}

final class TransferControl: Sendable {
  private struct State {
    var transfer: (any ControlledTransfer)?
    /// Ends what is asked before there is a transfer.
    var preparation: (@Sendable () -> Void)?
    var hasStarted = false
    var isPaused = false
    /// Set when somebody cancelled: whether the parts are kept.
    var cancellation: Bool?
    var end: TransferState?
  }

  let progress = ProgressFeed()
  private let shared = Lock(State())

  /// Notes the task that finds out what to transfer, so that a cancellation reaches it.
  func prepare<Success>(_ task: Task<Success, Never>) {
    let isCanceled = shared.withLock { shared in
      if shared.end == nil, !shared.hasStarted { shared.preparation = { task.cancel() } }
      return shared.cancellation != nil
    }
    if isCanceled { task.cancel() }
  }

  /// Starts the transfer, unless it was cancelled before.
  ///
  /// - Returns: whether it was started.
  func start(_ transfer: some ControlledTransfer) -> Bool {
    shared.withLock { shared in
      guard shared.cancellation == nil else { return false }
      shared.transfer = transfer
      shared.hasStarted = true
      shared.preparation = nil
      if shared.isPaused { transfer.pause() }
      transfer.start()
      return true
    }
  }

  func pause() {
    shared.withLock { shared in
      shared.isPaused = shared.end == nil
      shared.transfer?.pause()
    }
  }

  func resume() {
    shared.withLock { shared in
      shared.isPaused = false
      shared.transfer?.resume()
    }
  }

  func cancel(keepsParts: Bool) {
    let (transfer, preparation) = shared.withLock { shared in
      if shared.cancellation == nil { shared.cancellation = keepsParts }
      return (shared.transfer, shared.preparation)
    }
    transfer?.cancel(keepsParts: keepsParts)
    preparation?()
  }

  var isCanceledBeforeItsStart: Bool { shared.withLock { $0.cancellation != nil && !$0.hasStarted } }

  var state: TransferState {
    shared.withLock { shared in
      if let end = shared.end { return end }
      if let transfer = shared.transfer { return TransferState(transfer.phase) }
      return shared.cancellation != nil ? .canceled : shared.isPaused ? .paused : .inProgress
    }
  }

  /// The transfer has ended, whether or not it was ever started.
  func end(_ end: TransferState) {
    shared.withLock { shared in
      shared.end = end
      shared.transfer = nil
      shared.preparation = nil
    }
    progress.end()
  }
}
