// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

extension S3Client {
  /// Begins a multipart upload (S3 API Reference, CreateMultipartUpload).
  ///
  /// When an answer is lost, the retry begins another upload and the first stays behind: ``listMultipartUploads(prefix:limit:)``
  /// finds it.
  /// - Parameter checksums: of which kind; every part of the upload must then have its CRC-32, or none.
  package func createMultipartUpload(
    _ key: ObjectKey, properties: ObjectProperties, checksums: MultipartChecksums
  ) async throws(S3Error) -> UploadID {
    var request = S3Request(.createMultipartUpload, .post, key)
    request.query = [("uploads", "")]
    properties.append(to: &request.headers)
    if checksums != .none {
      request.headers.append("x-amz-checksum-algorithm", "CRC32")
      request.headers.append("x-amz-checksum-type", checksums.rawValue)
    }
    return try await send(request) { (response) throws(AnswerFailure) in try UploadID(response.body) }
  }

  /// Sends one part (S3 API Reference, UploadPart). Sending it again replaces it.
  ///
  /// - Parameters:
  ///   - number: 1 to 10,000.
  ///   - crc32: of the part; given for every part of an upload that was created with checksums, for none of another.
  ///   - onBodySent: called with the body bytes sent so far, on the network thread; begins anew with each attempt.
  package func uploadPart(
    _ key: ObjectKey, upload: UploadID, number: Int, body: RequestBody, crc32: UInt32? = nil,
    onBodySent: (@Sendable (Int64) -> Void)? = nil
  ) async throws(S3Error) -> CompletedPart {
    var request = S3Request(.uploadPart, .put, key)
    request.query = [("partNumber", String(number)), ("uploadId", upload.string)]
    if let crc32 { request.headers.append("x-amz-checksum-crc32", ChecksumCRC32.encode(crc32)) }
    request.body = body
    request.onBodySent = onBodySent
    return try await send(request) { (response) throws(AnswerFailure) in
      guard let etag = response.headers["etag"], !etag.isEmpty else { throw .invalid("the part has no entity tag") }
      try AnswerFailure.check(crc32, ChecksumCRC32.read(response.headers))
      return CompletedPart(number: number, etag: ETag(etag), crc32: crc32)
    }
  }

  /// Makes a part of an object that is in the store already (S3 API Reference, UploadPartCopy).
  ///
  /// - Parameter range: of the source, in bytes, not empty; nil takes all of it. A part is at most 5 GiB.
  /// - Returns: the part; with its checksum where the store tells it.
  package func uploadPartCopy(
    _ key: ObjectKey, upload: UploadID, number: Int, source: CopySource, range: Range<Int64>?
  ) async throws(S3Error) -> CompletedPart {
    var request = S3Request(.uploadPartCopy, .put, key)
    request.query = [("partNumber", String(number)), ("uploadId", upload.string)]
    append(source, to: &request.headers)
    if let range {
      guard !range.isEmpty, range.lowerBound >= 0 else {
        throw invalidRequest(.uploadPartCopy, key, "the range \(range) holds no byte")
      }
      request.headers.append("x-amz-copy-source-range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
    }
    return try await send(request) { (response) throws(AnswerFailure) in
      let result = try ResultDocument(response.body, root: "CopyPartResult")
      return CompletedPart(number: number, etag: result.etag, crc32: result.crc32)
    }
  }

  /// Gives up a multipart upload and frees its parts (S3 API Reference, AbortMultipartUpload).
  ///
  /// - Throws: `S3Error`; "NoSuchUpload" when it was completed or aborted before.
  package func abortMultipartUpload(_ key: ObjectKey, upload: UploadID) async throws(S3Error) {
    var request = S3Request(.abortMultipartUpload, .delete, key)
    request.query = [("uploadId", upload.string)]
    do {
      _ = try await send(request)
    } catch {
      // The first attempt did it, and the second found nothing.
      guard error.mayHaveTakenEffect, error.code == "NoSuchUpload" else { throw error }
    }
  }
}
