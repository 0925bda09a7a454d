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
  ///
  /// - Parameter properties: what the object will say about itself.
  func announcement(_ seal: Seal, _ properties: ObjectProperties) -> VersionMark.Announcement {
    { [self] (mark) async throws(S3Error) in
      let attempt = Attempts.Attempt(
        generation: seal.generation, since: seal.startedAt, mark: mark, properties: properties,
        isTelling: WriteEvidence.isDistinctive(size: mark.size, properties))
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

  /// Before the first change of what an earlier run left: the run may have uploaded just that, and its bytes are about to go.
  ///
  /// Of a large file nobody waits for that; its own version is a conflict then.
  func markEarlierRun() {
    let size = state.withLock { state -> Int64? in
      guard state.bytes.isWhole, !state.bytes.isChanging, state.size <= CacheFile.mostMarkedBytes else { return nil }
      return state.attempts.lacksMark(state.generation) ? state.size : nil
    }
    guard let size else { return }
    let generation = state.withLock { $0.generation }
    let region = FileRegion(file: data, offset: 0, length: size)
    let checksum = BlockingBridge.run { await PartUpload.checksum(of: size == 0 ? .empty : .file(region)) }
    guard case .success(let crc32) = checksum else { return }
    state.withLock { state in
      // Another writer was here before, and has taken the same down.
      guard state.generation == generation, !state.bytes.isChanging else { return }
      state.attempts.mark(generation, VersionMark(size: size, crc32: crc32))
    }
  }

  private static let mostMarkedBytes: Int64 = 64 << 20

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
    case .interrupted: return .interrupted("PutObject", bucket, key)
    case .discarded, .released: return .cancelled(bucket, key)
    }
  }
}
