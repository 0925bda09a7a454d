// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Glibc
import Locking
import S3Client
import Transfer

/// Taking down what an attempt is about to make; see ``Attempts``.
extension CacheFile {
  /// When an attempt to publish just this began of which nobody knew, when this one began, how it had ended; by the client's
  /// stopwatch.
  func retryingSince(_ seal: Seal) -> Double? { seal.earlierAttempts.since(seal.generation) }

  /// Called right before the object may be there.
  func announcement(_ seal: Seal) -> VersionMark.Announcement {
    { [self] (mark) async throws(S3Error) in
      let attempt = Attempts.Attempt(
        generation: seal.generation, since: seal.startedAt, mark: mark,
        isTelling: WriteEvidence.isDistinctive(size: mark.size, seal.properties))
      // Whoever changes the file from now on records it before the change.
      let isNeeded = state.withLock { state in
        state.attempts.add(attempt)
        return state.recordsMarks
      }
      guard isNeeded else { return }
      do throws(WriteBackFailure) {
        try await recordInBackground()
      } catch {
        throw error.asOfStore(context.client.bucket, seal.key)
      }
    }
  }

  /// ``record(_:replacing:)`` for a task.
  func recordInBackground() async throws(WriteBackFailure) {
    try await ThreadPool.disk.run { [self] in
      Result { () throws(WriteBackFailure) in try record() }
    }.get()
  }
}

extension CacheFile.State {
  /// Whether the bytes that are here may not tell what an attempt has made.
  var recordsMarks: Bool {
    bytes.isChanging || !bytes.isWhole || attempts.list.contains { $0.generation != generation }
  }
}

extension WriteBackFailure {
  /// The same, where only failures of requests are thrown: nothing was sent.
  fileprivate func asOfStore(_ bucket: String, _ key: ObjectKey) -> S3Error {
    switch self {
    case .store(let error): return error
    case .local(let code, _):
      let kind: TransportError.Kind = code == ENOSPC || code == EDQUOT ? .localDiskFull : .localFile
      return S3Error(
        code: "LocalFile", message: description, operation: S3Operation.putObject.rawValue, bucket: bucket, key: key,
        transport: TransportError(kind, description))
    case .discarded, .released: return .cancelled(bucket, key)
    }
  }
}
