// SPDX-License-Identifier: Apache-2.0
//
// A download in the hands of its owner.
//
// For: users of Storage.downloadData. State: the control and the task that runs it; any task or thread may call. The download goes
// on when nobody holds this object or waits for it. What can go wrong is what `result` throws.

/// A download that has begun.
public final class DownloadTask: Sendable {
  private let control: TransferControl
  private let run: Task<Result<DownloadResult, StorageError>, Never>

  init(control: TransferControl, run: Task<Result<DownloadResult, StorageError>, Never>) {
    self.control = control
    self.run = run
  }

  /// What came, when all of it did. May be asked for several times.
  ///
  /// As with `Task.value`, a caller that is cancelled keeps waiting and does not cancel the download: ``cancel(keepingParts:)`` does.
  /// - Throws: why it did not come; `isCancelError` after a cancellation.
  public var result: DownloadResult {
    get async throws(StorageError) { try await run.value.get() }
  }

  /// How far the download is, beginning with now; ends when the download does. May be asked for several times.
  ///
  /// A listener that is slow misses values in between, never the last.
  public var progress: AsyncStream<TransferProgress> { control.progress.stream() }

  public var state: TransferState { control.state }

  /// Asks for no further part until ``resume()``; those under way are finished and kept.
  public func pause() { control.pause() }

  /// Goes on after ``pause()``.
  public func resume() { control.resume() }

  /// Ends the download with an error whose `isCancelError` is true, unless all has come already.
  ///
  /// - Parameter keepingParts: leave what has come of a file to the next download of the same version to the same path, which goes
  ///   on with it. Otherwise it is removed.
  public func cancel(keepingParts: Bool = false) { control.cancel(keepsParts: keepingParts) }
}
