// SPDX-License-Identifier: Apache-2.0

/// The life of a transfer task, the same for both directions.
enum TransferRun {
  /// Runs `body` as a task, tells `onProgress` how far it is, and notes how it ended.
  ///
  /// - Parameter onProgress: gets the progress in order, one value at a time; has got the last one when the task ends.
  static func start<Value: Sendable>(
    _ control: TransferControl, in transfers: OpenTransfers,
    onProgress: (@Sendable (TransferProgress) -> Void)?,
    _ body: @escaping @Sendable () async throws(StorageError) -> Value
  ) -> Task<Result<Value, StorageError>, Never> {
    let listener = onProgress.map { onProgress in
      let stream = control.progress.stream(withLast: false)
      return Task { for await progress in stream { onProgress(progress) } }
    }
    let number = transfers.add(control)
    return Task {
      let result: Result<Value, StorageError>
      do throws(StorageError) { result = .success(try await body()) } catch { result = .failure(error) }
      switch result {
      case .success: control.end(.success)
      case .failure(let error): control.end(error.isCancelError ? .canceled : .error)
      }
      await listener?.value
      transfers.remove(number)
      return result
    }
  }
}
