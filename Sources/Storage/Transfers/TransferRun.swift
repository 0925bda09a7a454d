// SPDX-License-Identifier: Apache-2.0

/// The life of a transfer task, the same for both directions.
enum TransferRun {
  /// Parts under way at once; more open more connections than stores like, and take memory for no speed.
  static let largestConcurrency = 256

  /// Runs `body` as a task, tells `onProgress` how far it is, and notes how it ended.
  ///
  /// - Parameters:
  ///   - canceled: how it ends when it is cancelled before there is anything to transfer.
  ///   - onProgress: gets the progress in order, one value at a time; has got the last one when the task ends.
  static func start<Value: Sendable>(
    _ control: TransferControl, in transfers: OpenTransfers, canceled: StorageError,
    onProgress: (@Sendable (TransferProgress) -> Void)?,
    _ body: @escaping @Sendable () async throws(StorageError) -> Value
  ) -> Task<Result<Value, StorageError>, Never> {
    let listener = onProgress.map { onProgress in
      let stream = control.progress.stream(withLast: false)
      return Task { for await progress in stream { onProgress(progress) } }
    }
    let number = transfers.add(control)
    let task = Task {
      let result: Result<Value, StorageError>
      do throws(StorageError) {
        result = .success(try await body())
      } catch {
        // What is asked before the transfer begins, such as who is signed in, was told to stop: its own error is of no interest.
        result = .failure(control.isCanceledBeforeItsStart ? canceled : error)
      }
      switch result {
      case .success: control.end(.success)
      case .failure(let error): control.end(error.isCancelError ? .canceled : .error)
      }
      await listener?.value
      transfers.remove(number)
      return result
    }
    control.prepare(task)
    return task
  }
}
