// SPDX-License-Identifier: Apache-2.0

import Logging
import HTTPTransport
import Locking
import S3Client
import Transfer

/// Sending parts: while the file is written (those behind the writer) and when it is published (all that are missing).
extension CacheFile {
  private enum Step: Sendable {
    case create(session: Int, key: ObjectKey, properties: ObjectProperties)
    case send(session: Int, upload: MultipartUpload.Begun, key: ObjectKey, part: Int, range: Range<Int64>)
  }

  /// Starts whatever can be sent now. Called after each event: a write, a seal, an answer.
  func pump() {
    while let step = state.withLock({ nextStep(&$0) }) {
      switch step {
      case .create(let session, let key, let properties):
        Task { [self] in await create(session: session, key: key, properties: properties) }
      case .send(let session, let upload, let key, let part, let range):
        let task = Task { [self] in await send(session: session, upload: upload, key: key, part: part, range: range) }
        state.withLock { state in
          if state.session?.number == session { state.session?.tasks[part] = task }
        }
      }
    }
  }

  private func nextStep(_ state: inout State) -> Step? {
    guard !state.isDiscarded, !state.isHeldBack else { return nil }
    let (last, size) = state.partsToSend(context.ladder, early: context.configuration.mode == .close)
    guard last > 0 else { return nil }
    guard let session = state.session else {
      let properties = state.seal?.properties ?? state.earlyProperties ?? state.properties
      state.sessionCount += 1
      state.session = UploadSession(
        number: state.sessionCount, key: state.key, properties: properties, table: PartTable(ladder: context.ladder))
      return .create(session: state.sessionCount, key: state.key, properties: properties)
    }
    guard case .ready(let upload) = session.phase, session.failure == nil,
      session.table.sendingCount < context.configuration.concurrency,
      let part = state.session?.table.nextUnsent(through: last)
    else { return nil }
    state.session?.table.started(part)
    let full = context.ladder.range(ofPart: part)
    return .send(
      session: session.number, upload: upload, key: session.key, part: part,
      range: full.lowerBound..<min(full.upperBound, size))
  }

  private func create(session: Int, key: ObjectKey, properties: ObjectProperties) async {
    do throws(S3Error) {
      let upload = try await context.multipart.begin(key, properties: properties)
      let isCurrent = state.withLock { state in
        guard state.session?.number == session else { return false }
        state.session?.phase = .ready(upload)
        return true
      }
      // The file was removed, renamed or shrunk meanwhile: leave no orphan.
      guard isCurrent else { return await CacheFile.abort(upload, key, context) }
      pump()
      await noteUpload(upload, key: key, properties: properties)
    } catch {
      failed(session, error)
    }
  }

  private func send(session: Int, upload: MultipartUpload.Begun, key: ObjectKey, part: Int, range: Range<Int64>) async {
    let region = FileRegion(file: data, offset: range.lowerBound, length: Int64(range.count))
    do throws(S3Error) {
      let completed = try await context.parts.send(region, asPart: part, of: upload, key: key)
      state.withLockAndNotify { state in
        guard state.session?.number == session else { return }
        state.session?.tasks[part] = nil
        _ = state.session?.table.finished(part, completed)
      }
      pump()
      await notePart(completed)
      resumeWaiter()
    } catch {
      let matters = state.withLock { state in
        guard state.session?.number == session else { return false }
        state.session?.tasks[part] = nil
        return state.session?.table.failed(part) ?? false
      }
      guard !matters else { return failed(session, error) }
      pump()
      // The last answer that a failed attempt waits for may be this one.
      resumeWaiter()
    }
  }

  /// The session sends nothing more. Before the seal that is no error yet: publishing begins a new one.
  private func failed(_ session: Int, _ error: S3Error) {
    let abandoned = state.withLock { state -> UploadSession? in
      guard state.session?.number == session else { return nil }
      if state.seal == nil {
        state.sendsEarly = false
        return state.dropSession()
      }
      if state.session?.failure == nil { state.session?.failure = error }
      return nil
    }
    abandon(abandoned)
    resumeWaiter()
  }

  /// Tells the publisher once there is nothing left to wait for.
  func resumeWaiter() {
    let outcome = state.withLock {
      state -> (CheckedContinuation<Result<[SentPart], S3Error>, Never>, Result<[SentPart], S3Error>)? in
      guard let seal = state.seal, let waiter = seal.waiter else { return nil }
      let result: Result<[SentPart], S3Error>
      guard let session = state.session else {
        // Only a removed file is sealed and starts no session.
        guard state.isDiscarded else { return nil }
        state.seal?.waiter = nil
        return (waiter, .failure(.cancelled(context.client.bucket, seal.key)))
      }
      if let failure = session.failure {
        guard session.table.sendingCount == 0 else { return nil }
        result = .failure(failure)
      } else if let parts = session.table.completed(through: context.ladder.count(forSize: seal.size)) {
        result = .success(parts)
      } else {
        return nil
      }
      state.seal?.waiter = nil
      return (waiter, result)
    }
    if let (waiter, result) = outcome { waiter.resume(returning: result) }
  }

  /// Ends the requests of an upload that is no longer wanted and frees its parts in the store.
  func abandon(_ session: UploadSession?) {
    guard let session else { return }
    for task in session.tasks.values { task.cancel() }
    guard case .ready(let upload) = session.phase else { return }
    Task { [self] in
      for task in session.tasks.values { await task.value }
      await forgetUpload(upload)
      await CacheFile.abort(upload, session.key, context)
    }
  }

  /// Parts of an open upload cost money, so a store that does not answer is asked again, for about half an hour.
  static func abort(_ upload: MultipartUpload.Begun, _ key: ObjectKey, _ context: CacheContext) async {
    let backoff = RetryBackoff(1...300)
    var attempts = 0
    while true {
      do throws(S3Error) {
        return try await context.client.abortMultipartUpload(key, upload: upload.id)
      } catch {
        attempts += 1
        guard attempts < 14, WriteBackFailure.store(error).isTransient else {
          context.logger.info(
            "could not abort a multipart upload; a lifecycle rule of the bucket should remove it",
            metadata: ["key": "\(key)", "error": "\(error)"])
          return
        }
      }
      try? await Task.sleep(nanoseconds: UInt64(backoff.delay(afterAttempts: attempts) * 1e9))
    }
  }
}

extension CacheFile.State {
  /// The last part that may be sent now, and the size of the file it belongs to.
  ///
  /// - Parameter early: before anybody publishes it. In `delayed` mode nobody waits for the upload, and one that begins when all has
  ///   been said of the file (cp -p, rsync and tar do that last) needs no copy for that afterwards, and none is begun for a name
  ///   that goes before.
  fileprivate func partsToSend(_ ladder: PartLadder, early: Bool) -> (last: Int, size: Int64) {
    if let seal { return seal.way.keepsSession ? (ladder.count(forSize: seal.size), seal.size) : (0, 0) }
    // Early: only whole parts behind the writer, and none before it is clear that one PutObject will not do. A file of which the
    // bucket has a part may be cheaper to publish with that.
    guard early, isReadable, sendsEarly, publishing == nil, writtenPrefix > ladder.range(ofPart: 1).upperBound,
      bytes.dirty.contains(0..<size)
    else { return (0, 0) }
    return (ladder.part(at: writtenPrefix) - 1, size)
  }
}
