// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
private import Glibc
import Locking
import S3Client
import Transfer

/// Bringing the file to the bucket: seal the present generation, send what is missing, make it visible in one request.
extension CacheFile {
  enum Outcome: Sendable {
    case published(Publication)
    /// The bucket had everything already; with what it has, if this copy published it.
    case unchanged(Publication?)
    /// Somebody is renaming or removing the file. Nothing was done.
    case held
  }

  /// Publishes all changes that were acknowledged before the call.
  ///
  /// - Parameters:
  ///   - isHolder: the caller is the one who holds the file.
  ///   - hasLeft: set within the file's lock when the caller waits no more: then no upload begins, since somebody else may hold the
  ///     file by now.
  /// - Throws: the failure of this upload; the file stays dirty.
  func publish(
    isHolder: Bool = false, unless hasLeft: Lock<Bool> = Lock(false)
  ) async throws(WriteBackFailure) -> Outcome {
    let wanted = state.withLock { $0.generation }
    while true {
      enum Turn {
        case done(Outcome)
        case join(Task<Result<Publication, WriteBackFailure>, Never>, isMine: Bool)
      }
      let turn = state.withLock { state -> Turn in
        if state.isDiscarded || state.publishedGeneration >= wanted { return .done(.unchanged(state.lastPublication)) }
        if let running = state.publishing { return .join(running, isMine: false) }
        if state.holds > 0 && !isHolder || hasLeft.withLock({ $0 }) { return .done(.held) }
        let task = Task { [self] in await publishOnce() }
        state.publishing = task
        return .join(task, isMine: true)
      }
      switch turn {
      case .done(let outcome): return outcome
      case .join(let task, let isMine):
        let result = await task.value
        // The failure of somebody else's older attempt is not the answer to this one: take a turn.
        if isMine { return .published(try result.get()) }
      }
    }
  }

  /// ``publish(isHolder:)`` for a thread that may block; waits for whoever renames or removes the file. Throws `interrupted` when the
  /// program is told to stop; an upload that has begun goes on.
  ///
  /// - Returns: what the bucket has now; nil for a file without changes that was never published by this copy.
  func publishAndWait(isHolder: Bool) throws(WriteBackFailure) -> Publication? {
    try attending { () throws(WriteBackFailure) in
      while true {
        if !isHolder { try waitInterruptibly { $0.holds == 0 || $0.isDiscarded ? () : nil } }
        let hasLeft = Lock(false)
        let result: Result<Outcome, WriteBackFailure>
        do throws(Interrupted) {
          result = try BlockingBridge.runInterruptibly { [self] () async throws(WriteBackFailure) in
            try await publish(isHolder: isHolder, unless: hasLeft)
          }
        } catch {
          state.withLock { _ in hasLeft.withLock { $0 = true } }
          throw .interrupted
        }
        switch try result.get() {
        case .published(let publication): return publication
        case .unchanged(let publication): return publication
        case .held: continue
        }
      }
    }
  }

  /// Waits for something that an upload under way stands in the way of; one that is paused goes on for that.
  func waitForUpload<Result>(until body: (inout State) -> Result?) -> Result {
    if let result = state.withLock(body) { return result }
    return attending { state.waitForever(until: body) }
  }

  /// ``waitForUpload(until:)`` for a program that may be told to stop; `body` has returned nil then.
  func waitForUploadInterruptibly<Result>(
    until body: (inout State) -> Result?
  ) throws(WriteBackFailure) -> Result {
    if let result = state.withLock(body) { return result }
    return try attending { () throws(WriteBackFailure) in try waitInterruptibly(until: body) }
  }

  func waitInterruptibly<Result>(until body: (inout State) -> Result?) throws(WriteBackFailure) -> Result {
    do throws(Interrupted) {
      return try state.waitInterruptibly(until: body)
    } catch {
      throw .interrupted
    }
  }

  private func attending<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
    state.withLock { $0.awaiting += 1 }
    defer { state.withLock { $0.awaiting -= 1 } }
    pump()
    return try body()
  }

  /// From now on only the caller publishes. Waits until nothing is being published; the bytes may be dirty afterwards.
  func hold() {
    state.withLock { $0.holds += 1 }
    quiesce()
  }

  /// ``hold()`` for a program that may be told to stop; nothing is held then.
  func holdInterruptibly() throws(WriteBackFailure) {
    state.withLock { $0.holds += 1 }
    do throws(WriteBackFailure) {
      try waitForUploadInterruptibly { $0.publishing == nil ? () : nil }
    } catch {
      unhold()
      throw error
    }
  }

  /// The counterpart of ``hold()``.
  func unhold() { state.withLockAndNotify { $0.holds -= 1 } }

  private func quiesce() {
    waitForUpload { $0.publishing == nil ? () : nil }
  }

  /// Never publishes this file: it was unlinked. Ends an upload under way; afterwards nothing more can appear in the bucket.
  package func discard() {
    let session = state.withLockAndNotify { state in
      state.isDiscarded = true
      state.publishing?.cancel()
      guard state.seal != nil else { return state.dropSession() }
      // The publisher owns the session now: let its wait end, it abandons the session itself.
      state.session?.tasks.values.forEach { $0.cancel() }
      state.session?.failure = S3Error.cancelled(context.client.bucket, state.key)
      return nil
    }
    abandon(session)
    resumeWaiter()
    quiesce()
    abandonEarlierUpload()
    eraseRecord()
  }

  // MARK: One attempt

  /// How often a file that replaces whatever is there looks what that is, while others write under its name; then it does not ask.
  private static let mostLooks = 8

  private func publishOnce() async -> Result<Publication, WriteBackFailure> {
    await resumeSession()
    var result = await attempt()
    if case .failure(let failure) = result, doesWithoutCopies(after: failure) { result = await attempt() }
    for look in 1...CacheFile.mostLooks {
      guard case .failure(let failure) = result,
        await foundNewBase(after: failure, isLast: look == CacheFile.mostLooks)
      else { break }
      result = await attempt()
    }
    state.withLockAndNotify { $0.publishing = nil }
    return result
  }

  private func attempt() async -> Result<Publication, WriteBackFailure> {
    let seal: Seal
    do throws(WriteBackFailure) {
      seal = try await self.seal()
    } catch {
      return .failure(error)
    }
    let result: Result<Publication, WriteBackFailure>
    do throws(WriteBackFailure) {
      try await recordInBackground()
      result = .success(try await send(seal))
    } catch {
      result = .failure(error)
    }
    await ThreadPool.disk.run { [self] in settle(seal, result) }
    return result
  }

  private func send(_ seal: Seal) async throws(WriteBackFailure) -> Publication {
    let written: WrittenObject
    do throws(S3Error) {
      switch seal.way {
      case .whole:
        written = try await write(seal) { (condition) throws(S3Error) in
          try await context.parts.put(
            FileRegion(file: data, offset: 0, length: seal.size), to: seal.key, properties: seal.properties,
            condition: condition, retryingSince: retryingSince(seal), announce: announcement(seal, seal.properties))
        }
      case .parts: written = try await sendParts(seal)
      case .overwrite(let overwrite, _): written = try await send(overwrite, seal)
      }
    } catch {
      if state.withLock({ $0.isDiscarded }) { throw .discarded }
      throw .store(error)
    }
    return Publication(written: written, size: seal.size, properties: seal.properties, key: seal.key)
  }

  private func sendParts(_ seal: Seal) async throws(S3Error) -> WrittenObject {
    do {
      return try await sendPartsOnce(seal)
    } catch {
      guard error.code == "NoSuchUpload", !error.mayHaveTakenEffect else { throw error }
      // Somebody, or a lifecycle rule, removed the upload with its parts: begin a new one.
      abandon(state.withLock { $0.dropSession() })
      return try await sendPartsOnce(seal)
    }
  }

  private func sendPartsOnce(_ seal: Seal) async throws(S3Error) -> WrittenObject {
    let parts = try await sendMissingParts().get()
    guard let session = state.withLock({ $0.session }), case .ready(let upload) = session.phase else {
      throw S3Error.cancelled(context.client.bucket, seal.key)
    }
    var written = try await write(seal) { (condition) throws(S3Error) in
      try await context.multipart.complete(
        upload, key: seal.key, size: seal.size, parts: parts, condition: condition, retryingSince: retryingSince(seal),
        announce: announcement(seal, session.properties))
    }
    state.withLock { state in
      state.session = nil
      state.base = written.etag
      state.baseSize = seal.size
      state.isExclusive = false
    }
    let isToldAll = written.found.map { seal.properties.areKept(in: $0) } ?? (session.properties == seal.properties)
    if !isToldAll {
      // Attributes that were set after the upload had begun (cp -p sets them last): the store copies the object onto itself.
      written = try await ObjectCopy(client: context.client).copy(
        CopySource(bucket: nil, key: seal.key, ifMatch: written.etag), size: seal.size, to: seal.key,
        properties: seal.properties)
    }
    return written
  }

  private func sendMissingParts() async -> Result<[SentPart], S3Error> {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        state.seal?.waiter = continuation
      }
      pump()
      resumeWaiter()
    }
  }

  /// Ends the attempt: clears the dirt that was published, or keeps everything for the next one.
  private func settle(_ seal: Seal, _ result: Result<Publication, WriteBackFailure>) {
    let abandoned = state.withLockAndNotify { state -> UploadSession? in
      state.seal = nil
      switch result {
      case .success(let publication):
        state.publishedGeneration = seal.generation
        state.base = publication.written.etag
        state.baseSize = seal.size
        (state.isExclusive, state.mustBeAbsent, state.found) = (false, false, .nothing)
        state.lastPublication = publication
        state.bytes.sealWasPublished()
        state.attempts = Attempts()
        state.retry = RetryState()
        state.sendsEarly = true
        // A part whose end was told late may have begun another one after this was complete.
        return state.dropSession()
      case .failure(let failure):
        state.bytes.sealFailed()
        if !failure.mayHaveTakenEffect { state.attempts.withdraw(seal.generation, since: seal.earlierAttempts) }
        // Parts that were sent stay good for the next attempt as long as nothing was written meanwhile. Not so when the store
        // refused what they are: the next attempt would be refused as well.
        let isReusable =
          state.generation == seal.generation && !state.isDiscarded && state.session?.isReady ?? false
          && (failure.isTransient || failure.isRefusal && seal.replacesAny)
        state.session?.failure = nil
        return isReusable ? nil : state.dropSession()
      }
    }
    abandon(abandoned)
    switch result {
    case .success: settleRecord()
    // A mark of what was not done must not tell. What cannot be recorded the next change records.
    case .failure: try? record()
    }
  }
}

extension UploadSession {
  fileprivate var isReady: Bool {
    if case .ready = phase { true } else { false }
  }
}

extension S3Error {
  static func cancelled(_ bucket: String, _ key: ObjectKey) -> S3Error {
    S3Error(
      code: "Cancelled", message: "the file was removed while it was being uploaded", operation: "UploadPart",
      bucket: bucket, key: key)
  }
}
