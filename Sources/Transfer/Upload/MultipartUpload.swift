// SPDX-License-Identifier: Apache-2.0
//
// The two ends of a multipart upload: beginning one with the best checksums that the store takes, and completing it only when
// its parts are what was to be uploaded.
//
// For: ObjectUpload and the write-back cache, which differ in how they come by parts. State: what the store can do
// (StoreCapabilities). Async; any task. What can go wrong: a store knows no checksums, or refuses those of whole objects
// (ministack answers BadDigest to right ones). Then the parts that it has are compared one by one before it is believed.

package import S3Client

package struct MultipartUpload: Sendable {
  package let client: S3Client
  package let capabilities: StoreCapabilities

  package init(client: S3Client, capabilities: StoreCapabilities) {
    self.client = client
    self.capabilities = capabilities
  }

  /// An upload that the store has begun.
  package struct Begun: Equatable, Sendable {
    package var id: UploadID
    package var checksums: MultipartChecksums

    package init(id: UploadID, checksums: MultipartChecksums) {
      self.id = id
      self.checksums = checksums
    }
  }

  /// Begins an upload.
  package func begin(_ key: ObjectKey, properties: ObjectProperties) async throws(S3Error) -> Begun {
    var checksums = capabilities.checksums
    while true {
      do throws(S3Error) {
        let id = try await client.createMultipartUpload(key, properties: properties, checksums: checksums)
        if checksums != capabilities.checksums { capabilities.noteBest(checksums) }
        return Begun(id: id, checksums: checksums)
      } catch {
        guard MultipartUpload.mayMeanChecksums(error), let next = checksums.fallback else { throw error }
        checksums = next
      }
    }
  }

  /// What stores say to headers that they do not know the value of.
  private static func mayMeanChecksums(_ error: S3Error) -> Bool {
    error.status == 501
      || error.status == 400 && ["InvalidArgument", "InvalidRequest", "NotImplemented"].contains(error.code)
  }

  /// Makes the object.
  ///
  /// - Parameters:
  ///   - size: bytes that the object must have.
  ///   - parts: all of them, in order.
  ///   - retryingSince: as for `S3Client.completeMultipartUpload`.
  ///   - announce: hears what the object will be before it can be there.
  /// - Throws: `S3Error`; "IntegrityError" when the parts are not an object of that size, "ChecksumMismatch" when the store
  ///   has other bytes than were sent.
  package func complete(
    _ begun: Begun, key: ObjectKey, size: Int64, parts: [SentPart], condition: WriteCondition,
    retryingSince: Double? = nil, announce: VersionMark.Announcement? = nil
  ) async throws(S3Error) -> WrittenObject {
    let isWhole =
      parts.enumerated().allSatisfy { $0.element.number == $0.offset + 1 } && parts.reduce(0) { $0 + $1.length } == size
    guard isWhole else { throw error("IntegrityError", "the parts do not make an object of \(size) bytes", key) }
    let completed = parts.map {
      CompletedPart(number: $0.number, etag: $0.etag, crc32: begun.checksums == .none ? nil : $0.crc32)
    }
    let sum = SentPart.checksum(of: parts)
    let whole = begun.checksums == .fullObject ? sum : nil
    try await announce?(CompletionEvidence(parts: completed).mark(size: size, crc32: sum))
    do throws(S3Error) {
      return try await client.completeMultipartUpload(
        key, upload: begun.id, parts: completed, condition: condition, crc32: whole, retryingSince: retryingSince)
    } catch {
      guard whole != nil, error.code == "BadDigest" else { throw error }
      // The sum is right by our count. If each part in the store is the one we sent, the store counts otherwise.
      guard try await storeHas(parts, begun.id, key) else {
        throw self.error(S3ErrorCode.checksumMismatch, error.message, key)
      }
      capabilities.noteBest(.composite)
      return try await client.completeMultipartUpload(
        key, upload: begun.id, parts: completed, condition: condition, retryingSince: retryingSince)
    }
  }

  /// Removes an upload and its parts; also from a task that was cancelled, since parts of an open upload cost money.
  ///
  /// - Returns: false when the store has it still, or may have; to be tried again.
  @discardableResult
  package static func abort(_ upload: UploadID, key: ObjectKey, _ client: S3Client) async -> Bool {
    await Task {
      do throws(S3Error) {
        try await client.abortMultipartUpload(key, upload: upload)
        return true
      } catch {
        // A policy without s3:AbortMultipartUpload says no every time; what else is refused may be granted tomorrow.
        return error.isNotFound || error.code == "AccessDenied"
      }
    }.value
  }

  /// Whether the store lists exactly these parts with these checksums.
  private func storeHas(_ parts: [SentPart], _ upload: UploadID, _ key: ObjectKey) async throws(S3Error) -> Bool {
    let listed: [UploadedPart]
    do throws(S3Error) {
      listed = try await client.listParts(key, upload: upload)
    } catch {
      // A policy may let us write and not look. The second completion names each part's checksum, which the store compares.
      if error.status == 403 { return true }
      throw error
    }
    return listed.areThose(parts.map(\.number)) { index, theirs in
      theirs.size == parts[index].length && theirs.crc32 == parts[index].crc32
    }
  }

  private func error(_ code: String, _ message: String, _ key: ObjectKey) -> S3Error {
    S3Error(code: code, message: message, operation: "CompleteMultipartUpload", bucket: client.bucket, key: key)
  }
}
