// SPDX-License-Identifier: Apache-2.0
//
// An upload in the hands of its owner.
//
// For: users of Storage.uploadData. State: the control and the task that runs it; any task or thread may call. The upload goes on
// when nobody holds this object or waits for it. What can go wrong is what `result` throws.

/// An upload that has begun.
public final class UploadTask: Sendable {
  private let control: TransferControl
  private let run: Task<Result<UploadResult, StorageError>, Never>

  init(control: TransferControl, run: Task<Result<UploadResult, StorageError>, Never>) {
    self.control = control
    self.run = run
  }

  /// The object, when it is there. May be asked for several times.
  ///
  /// As with `Task.value`, a caller that is cancelled keeps waiting and does not cancel the upload: ``cancel(keepingParts:)`` does.
  /// - Throws: why there is no object; `isCancelError` after a cancellation.
  public var result: UploadResult {
    get async throws(StorageError) { try await run.value.get() }
  }

  /// How far the upload is, beginning with now; ends when the upload does. May be asked for several times.
  ///
  /// A listener that is slow misses values in between, never the last.
  public var progress: AsyncStream<TransferProgress> { control.progress.stream() }

  public var state: TransferState { control.state }

  /// Begins no further part until ``resume()``; those under way are finished and kept. An upload of one request that is under way
  /// goes on.
  public func pause() { control.pause() }

  /// Goes on after ``pause()``.
  public func resume() { control.resume() }

  /// Ends the upload with an error whose `isCancelError` is true, unless the object is there already.
  ///
  /// - Parameter keepingParts: leave the finished parts in the store for an upload of the same file to the same path with the
  ///   same options, which goes on with them; needs ``StorageConfiguration/stateDirectory``. Otherwise they are removed.
  public func cancel(keepingParts: Bool = false) { control.cancel(keepsParts: keepingParts) }
}
