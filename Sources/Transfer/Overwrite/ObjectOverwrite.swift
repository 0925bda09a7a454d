// SPDX-License-Identifier: Apache-2.0
//
// Makes a new version of an object out of changed bytes from here and unchanged ones that the store copies.
//
// For: a few changed bytes in a large object. No state; async. The plan says which bytes are sent and which are copied; every
// copy is guarded by the ETag of the base, and so is the end, so the result is that version with these changes or nothing.
// Copied parts tell no checksum on most stores, so an object with such parts gets none. Instead the store is asked, before it
// makes the object, whether it has every part with the length that it should have: a store that does not know ranges of copies
// would otherwise make a larger object.
// What can go wrong: somebody replaces the base (a condition failure), a part cannot be read or sent. Then, and when the task is
// cancelled, the upload is aborted after its last request has ended, and the object is as before.

package import HTTPTransport
package import S3Client

package struct ObjectOverwrite: Sendable {
  /// Gives the bytes of a range of the new version: exactly as many, in a file that does not change meanwhile.
  package typealias Source = @Sendable (Range<Int64>) async throws(S3Error) -> FileRegion

  package let client: S3Client
  /// Parts under way at once, sent or copied.
  package var concurrency = 4
  private let multipart: MultipartUpload

  package init(client: S3Client, capabilities: StoreCapabilities = StoreCapabilities()) {
    self.client = client
    multipart = MultipartUpload(client: client, capabilities: capabilities)
  }

  /// Overwrites `key`.
  ///
  /// - Parameters:
  ///   - base: the version that the plan was made for; ranges are copied from no other.
  ///   - properties: what the object shall say about itself, all of it.
  ///   - condition: of the write; nil: the object is still the base.
  ///   - announce: hears what the object will be before it can be there.
  ///   - source: asked for the uploads of the plan only; what `cleanRangesToFetch` names must be there.
  /// - Throws: `S3Error`; `isConditionFailure` when the base is not there any more, "IntegrityError" when the parts do not make
  ///   an object of the planned size, and what `source` throws. Nothing was made then, unless `mayHaveTakenEffect` says so.
  package func overwrite(
    _ key: ObjectKey, base: ETag, plan: OverwritePlan, properties: ObjectProperties, condition: WriteCondition? = nil,
    announce: VersionMark.Announcement? = nil, source: @escaping Source
  ) async throws(S3Error) -> WrittenObject {
    let job = Job(
      key: key, base: base, plan: plan, properties: properties, condition: condition ?? .matches(base),
      announce: announce, source: source)
    if plan.isSingle { return try await put(job) }
    // Every part of an upload with checksums needs one.
    let begun =
      plan.hasCopies
      ? MultipartUpload.Begun(
        id: try await client.createMultipartUpload(key, properties: properties, checksums: .none), checksums: .none)
      : try await multipart.begin(key, properties: properties)
    do throws(S3Error) {
      return try await complete(job, begun, parts: try await transfer(job, begun))
    } catch {
      await MultipartUpload.abort(begun.id, key: key, client)
      throw error
    }
  }

  private struct Job: Sendable {
    let key: ObjectKey
    let base: ETag
    let plan: OverwritePlan
    let properties: ObjectProperties
    let condition: WriteCondition
    let announce: VersionMark.Announcement?
    let source: Source
  }

  /// A part that the store has.
  private struct Made: Sendable {
    let number: Int
    let length: Int64
    let etag: ETag
    /// Of what was sent; nil for a copy.
    let crc32: UInt32?
  }

  private func put(_ job: Job) async throws(S3Error) -> WrittenObject {
    guard job.plan.newSize > 0 else {
      try await job.announce?(VersionMark(size: 0, crc32: CRC32().value))
      return try await client.putObject(
        job.key, body: .empty, properties: job.properties, condition: job.condition, crc32: CRC32().value)
    }
    let region = try await region(0..<job.plan.newSize, of: job)
    return try await PartUpload(client: client).put(
      region, to: job.key, properties: job.properties, condition: job.condition, announce: job.announce)
  }

  private func transfer(_ job: Job, _ begun: MultipartUpload.Begun) async throws(S3Error) -> [Made] {
    let result: Result<[Made], S3Error> = await withTaskGroup(of: Result<Made, S3Error>.self) { group in
      var rest = job.plan.parts.enumerated().makeIterator()
      func startNext() {
        guard let (index, part) = rest.next() else { return }
        group.addTask {
          do throws(S3Error) {
            return .success(try await make(part, number: index + 1, job, begun))
          } catch {
            return .failure(error)
          }
        }
      }
      for _ in 0..<max(1, concurrency) { startNext() }
      var parts: [Made] = []
      while let finished = await group.next() {
        switch finished {
        case .success(let part): parts.append(part)
        case .failure(let error):
          group.cancelAll()
          return .failure(error)
        }
        startNext()
      }
      return .success(parts.sorted { $0.number < $1.number })
    }
    return try result.get()
  }

  private func make(
    _ part: OverwritePlan.Part, number: Int, _ job: Job, _ begun: MultipartUpload.Begun
  ) async throws(S3Error) -> Made {
    switch part {
    case .upload(let range):
      let sent = try await PartUpload(client: client).send(
        try await region(range, of: job), asPart: number, of: begun, key: job.key)
      return Made(number: number, length: sent.length, etag: sent.etag, crc32: sent.crc32)
    case .copy(let range):
      let copied = try await client.uploadPartCopy(
        job.key, upload: begun.id, number: number, source: CopySource(key: job.key, ifMatch: job.base), range: range)
      return Made(number: number, length: Int64(range.count), etag: copied.etag, crc32: nil)
    }
  }

  private func region(_ range: Range<Int64>, of job: Job) async throws(S3Error) -> FileRegion {
    let region = try await job.source(range)
    guard region.length == Int64(range.count) else {
      throw integrityError("\(region.length) bytes were given for \(range.count)", job.key)
    }
    return region
  }

  private func complete(
    _ job: Job, _ begun: MultipartUpload.Begun, parts: [Made]
  ) async throws(S3Error) -> WrittenObject {
    let sent = parts.compactMap { part in
      part.crc32.map { SentPart(number: part.number, length: part.length, etag: part.etag, crc32: $0) }
    }
    if sent.count == parts.count {
      return try await multipart.complete(
        begun, key: job.key, size: job.plan.newSize, parts: sent, condition: job.condition, announce: job.announce)
    }
    guard parts.count == job.plan.parts.count, parts.reduce(0, { $0 + $1.length }) == job.plan.newSize else {
      throw integrityError("the parts do not make an object of \(job.plan.newSize) bytes", job.key)
    }
    try await requireInStore(parts, begun.id, job.key)
    let completed = parts.map { CompletedPart(number: $0.number, etag: $0.etag) }
    try await job.announce?(CompletionEvidence(parts: completed).mark(size: job.plan.newSize, crc32: nil))
    return try await client.completeMultipartUpload(
      job.key, upload: begun.id, parts: completed, condition: job.condition)
  }

  private func requireInStore(_ parts: [Made], _ upload: UploadID, _ key: ObjectKey) async throws(S3Error) {
    let listed: [UploadedPart]
    do throws(S3Error) {
      listed = try await client.listParts(key, upload: upload)
    } catch {
      // A policy may let us write and not look.
      if error.status == 403 { return }
      throw error
    }
    let isSame =
      listed.areThose(parts.map(\.number)) { index, theirs in
        theirs.size == parts[index].length && theirs.etag == parts[index].etag
      }
    guard isSame else { throw integrityError("the store has other parts than were sent and copied", key) }
  }

  private func integrityError(_ message: String, _ key: ObjectKey) -> S3Error {
    S3Error(
      code: "IntegrityError", message: message, operation: "CompleteMultipartUpload", bucket: client.bucket, key: key)
  }
}
