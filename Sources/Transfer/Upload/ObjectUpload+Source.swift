// SPDX-License-Identifier: Apache-2.0

import Locking
import S3Client

/// Opening the source, finding what an earlier run sent of it, and cutting it into parts.
extension ObjectUpload {
  func open(_ source: UploadSource) async throws(UploadFailure) {
    switch source {
    case .bytes(let bytes): try await open(.bytes(bytes), .bytes(count: Int64(bytes.count)), size: Int64(bytes.count))
    case .file(let path):
      let opened = await ThreadPool.disk.run { () -> Result<SourceFile, UploadFailure> in
        do throws(UploadFailure) { return .success(try SourceFile(path: path)) } catch { return .failure(error) }
      }
      let file = try opened.get()
      try await open(.file(file), .file(file.identity), size: file.identity.size)
    case .chunks(let chunks): try await read(chunks)
    }
  }

  /// All parts are at hand from the beginning.
  private func open(
    _ content: PartSource.Content, _ identity: UploadRecord.Source, size: Int64
  ) async throws(UploadFailure) {
    guard let plan = UploadPlan(size: size, partSize: configuration.partSize) else { throw .tooLarge(size) }
    state.withLock { state in
      state.parts = PartSource(content: content, plan: plan, size: size)
      report(&state)
    }
    if plan.isSingle { return handle(.availableWhole) }
    try await resumeEarlier(identity, plan)
    handle(.available(through: plan.partCount, isLast: true))
  }

  // MARK: What an earlier run left

  private func resumeEarlier(_ source: UploadRecord.Source, _ plan: UploadPlan) async throws(UploadFailure) {
    guard let journal = configuration.journal else { return }
    let subject = UploadRecord.Subject(
      store: client.storeName, bucket: client.bucket, key: configuration.key, source: source,
      properties: configuration.properties, partSize: plan.partSize)
    let (entry, record, isExpired) = await ThreadPool.disk.run {
      let entry = journal.entry(for: subject)
      return (entry, entry?.record, entry?.isExpired ?? false)
    }
    guard let entry else { return }
    state.withLock { state in
      state.journal = entry
      state.machine.isResumable = true
    }
    guard let record else { return }
    guard record.subject == subject, !isExpired, let parts = try await confirmed(record, plan) else {
      // Not what is to be uploaded now, or too old, or not to be seen: the store may forget it.
      if await MultipartUpload.abort(record.begun.id, key: record.subject.key, client) {
        await ThreadPool.disk.run { entry.clear() }
      } else {
        // Its record is all that a later run has to find it by, so this upload does without one.
        state.withLock { state in
          state.journal = nil
          state.machine.isResumable = false
        }
        entry.end()
      }
      return
    }
    await ThreadPool.disk.run { entry.write(UploadRecord(subject: subject, begun: record.begun, parts: parts)) }
    state.withLock { state in
      _ = state.machine.handle(.found(record.begun, parts))
      report(&state)
    }
  }

  /// The parts of which the store says what the record says; nil when it has the upload no more.
  private func confirmed(_ record: UploadRecord, _ plan: UploadPlan) async throws(UploadFailure) -> [SentPart]? {
    let listed: [UploadedPart]
    do throws(S3Error) {
      listed = try await client.listParts(configuration.key, upload: record.begun.id)
    } catch {
      // Gone, or not for us to see (a policy may let us write only): begin anew. No answer says nothing.
      guard error.status == 404 || error.status == 403 else { throw .store(error) }
      return nil
    }
    let byNumber = Dictionary(grouping: listed, by: \.number)
    let sent = Dictionary(record.parts.map { ($0.number, $0) }) { $1 }.values.filter { part in
      guard part.number <= plan.partCount, part.length == Int64(plan.range(ofPart: part.number).count),
        let same = byNumber[part.number]?.first(where: { $0.etag == part.etag })
      else { return false }
      return same.size == part.length && (same.crc32 ?? part.crc32) == part.crc32
    }
    guard case .bytes = record.subject.source else { return sent }
    // Memory has no identity but its content.
    var same: [SentPart] = []
    for part in sent {
      guard let body = state.withLock({ $0.parts })?.body(ofPart: part.number),
        case .success(part.crc32) = await PartUpload.checksum(of: body)
      else { continue }
      same.append(part)
    }
    return same
  }

  // MARK: Sequences

  /// Fills parts with chunks, as many ahead of the network as memory allows.
  private func read(_ chunks: ChunkSource) async throws(UploadFailure) {
    state.withLock { $0.parts = PartSource(content: .buffers([:]), plan: nil, size: nil) }
    var assembler = PartAssembler(ladder: PartLadder(baseSize: configuration.partSize))
    do {
      try await chunks.forEach { chunk in
        try Task.checkCancellation()
        var rest = chunk[...]
        while !rest.isEmpty {
          guard let part = try assembler.add(&rest) else { continue }
          await offer(part.bytes, as: part.number, isLast: false)
          try Task.checkCancellation()
        }
      }
    } catch is CancellationError {
      throw .canceled
    } catch let failure as UploadFailure {
      throw failure
    } catch {
      throw .source("\(error)")
    }
    if Task.isCancelled { throw .canceled }
    let last = assembler.finish()
    await offer(last.bytes, as: last.number, isLast: true)
  }

  /// Makes a part available once there is room for it.
  private func offer(_ bytes: [UInt8], as number: Int, isLast: Bool) async {
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let hasRoom = state.withLock { state in
          guard state.lacksRoom(configuration.concurrency) else { return true }
          state.roomWaiter = continuation
          return false
        }
        if hasRoom { continuation.resume() }
      }
    } onCancel: {
      // The end of the requests under way makes room, or this.
      letSourceGoOn(isCancelled: true)
    }
    let isWhole = isLast && number == 1
    state.withLock { state in
      state.parts?.add(bytes, as: isWhole ? ObjectUpload.wholeRequest : number)
      if isLast { state.parts?.size = state.bytesOffered + Int64(bytes.count) }
      state.bytesOffered += Int64(bytes.count)
    }
    handle(isWhole ? .availableWhole : .available(through: number, isLast: isLast))
  }

  /// Wakes the source when there is room for another part.
  func letSourceGoOn(isCancelled: Bool = false) {
    let waiter = state.withLock { state -> CheckedContinuation<Void, Never>? in
      guard let waiter = state.roomWaiter, isCancelled || !state.lacksRoom(configuration.concurrency) else {
        return nil
      }
      state.roomWaiter = nil
      return waiter
    }
    waiter?.resume()
  }
}

extension ObjectUpload.State {
  /// One part is being filled, one more is in hand when this is asked, and `concurrency` are under way or wait to be.
  fileprivate func lacksRoom(_ concurrency: Int) -> Bool {
    machine.outcome == nil && (parts?.bufferCount ?? 0) >= concurrency
  }
}
