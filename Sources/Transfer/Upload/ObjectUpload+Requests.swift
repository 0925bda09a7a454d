// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import S3Client

/// The requests of an upload; each ends in one event.
extension ObjectUpload {
  func put() async {
    do throws(UploadFailure) {
      let body = try body(ofPart: ObjectUpload.wholeRequest)
      let checksum = try await checksum(of: body)
      try await requireUnchanged()
      handle(.written(try await put(body, checksum)))
    } catch {
      handle(.failed(error))
    }
  }

  private func put(_ body: RequestBody, _ checksum: UInt32) async throws(UploadFailure) -> WrittenObject {
    do throws(S3Error) {
      return try await client.putObject(
        configuration.key, body: body, properties: configuration.properties, condition: configuration.condition,
        crc32: checksum, onBodySent: { [weak self] in self?.noteSending(ObjectUpload.wholeRequest, $0) })
    } catch {
      throw failure(error)
    }
  }

  func begin() async {
    do throws(S3Error) {
      let begun = try await multipart.begin(configuration.key, properties: configuration.properties)
      await note(begun)
      handle(.began(begun))
      if configuration.requiresChecksums, begun.checksums == .none { handle(.failed(.checksumUnsupported)) }
    } catch {
      handle(.failed(failure(error)))
    }
  }

  /// Writes down that the upload has begun, before the first part can be on its way.
  private func note(_ begun: MultipartUpload.Begun) async {
    let (entry, parts) = state.withLock { ($0.journal, $0.parts) }
    guard let entry, let plan = parts?.plan, let source = parts?.identity else { return }
    let subject = UploadRecord.Subject(
      store: client.storeName, bucket: client.bucket, key: configuration.key, source: source,
      properties: configuration.properties, partSize: plan.partSize)
    await ThreadPool.disk.run { entry.write(UploadRecord(subject: subject, begun: begun)) }
  }

  func send(_ number: Int, of begun: MultipartUpload.Begun) async {
    do throws(UploadFailure) {
      let body = try body(ofPart: number)
      let checksum = try await checksum(of: body)
      let part = try await send(body, checksum, as: number, of: begun)
      if let entry = state.withLock({ $0.journal }) { await ThreadPool.disk.run { entry.append(part) } }
      state.withLock { state in
        state.parts?.drop(number)
        state.meter.ended(number)
        state.tasks[number] = nil
      }
      handle(.sent(part))
      state.withLock { report(&$0) }
    } catch {
      state.withLock { state in
        state.meter.ended(number)
        state.tasks[number] = nil
      }
      handle(.notSent(part: number, error))
    }
  }

  private func send(
    _ body: RequestBody, _ checksum: UInt32, as number: Int, of begun: MultipartUpload.Begun
  ) async throws(UploadFailure) -> SentPart {
    do throws(S3Error) {
      let part = try await client.uploadPart(
        configuration.key, upload: begun.id, number: number, body: body,
        crc32: begun.checksums == .none ? nil : checksum,
        onBodySent: { [weak self] in self?.noteSending(number, $0) })
      return SentPart(number: number, length: body.length, etag: part.etag, crc32: checksum)
    } catch {
      throw failure(error)
    }
  }

  func complete(_ begun: MultipartUpload.Begun, _ parts: [SentPart]) async {
    do throws(UploadFailure) {
      try await requireUnchanged()
      let size = state.withLock { $0.parts?.size } ?? -1
      handle(.written(try await complete(begun, parts, size: size)))
    } catch {
      handle(.failed(error))
    }
  }

  private func complete(
    _ begun: MultipartUpload.Begun, _ parts: [SentPart], size: Int64
  ) async throws(UploadFailure) -> WrittenObject {
    do throws(S3Error) {
      return try await multipart.complete(
        begun, key: configuration.key, size: size, parts: parts, condition: configuration.condition)
    } catch {
      throw failure(error)
    }
  }

  /// Parts of an open upload cost money. What the store does not remove now stays in the journal, so that a later run does; without
  /// one it is left to a lifecycle rule of the bucket.
  func abort(_ begun: MultipartUpload.Begun) async {
    let isGone = await MultipartUpload.abort(begun.id, key: configuration.key, client)
    if isGone, let entry = state.withLock({ $0.journal }) { await ThreadPool.disk.run { entry.clear() } }
    handle(.aborted)
  }

  // MARK: The source

  /// - Throws: never, as long as the machine asks for no part twice.
  private func body(ofPart number: Int) throws(UploadFailure) -> RequestBody {
    guard let body = state.withLock({ $0.parts })?.body(ofPart: number) else {
      throw .source("part \(number) was given up")
    }
    return body
  }

  private func checksum(of body: RequestBody) async throws(UploadFailure) -> UInt32 {
    switch await PartUpload.checksum(of: body) {
    case .success(let checksum): return checksum
    case .failure(let failure): throw await unreadable(failure.message)
    }
  }

  /// A file that was cut off reads like one that cannot be read.
  private func unreadable(_ message: String) async -> UploadFailure {
    do throws(UploadFailure) {
      try await requireUnchanged()
      return .source(message)
    } catch {
      return error
    }
  }

  private func requireUnchanged() async throws(UploadFailure) {
    guard case .file(let file) = state.withLock({ $0.parts?.content }) else { return }
    if await ThreadPool.disk.run({ file.hasChanged }) { throw .sourceChanged(path: file.path) }
  }

  private func failure(_ error: S3Error) -> UploadFailure {
    if error.isCancelled { return .canceled }
    // The transport reads the file a second time; a change shows there, or in the store's count.
    if case .file(let file) = state.withLock({ $0.parts?.content }), file.hasChanged {
      return .sourceChanged(path: file.path)
    }
    return .store(error)
  }
}

extension PartSource {
  /// For the journal; nil for what no later process can read again.
  fileprivate var identity: UploadRecord.Source? {
    switch content {
    case .bytes(let bytes): .bytes(count: Int64(bytes.count))
    case .file(let file): .file(file.identity)
    case .buffers: nil
    }
  }
}
