// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4

extension S3Client {
  /// Makes the object of its parts (S3 API Reference, CompleteMultipartUpload).
  ///
  /// When an answer was lost, the retry may be refused by its own success: the upload is gone, or the condition no longer
  /// holds. Then the call looks whether the upload still exists, and compares the object with the parts, see
  /// ``CompletionEvidence``.
  /// - Parameters:
  ///   - parts: in any order, each number once.
  ///   - crc32: of the whole object, for an upload that was created with ``MultipartChecksums/fullObject``; the store compares.
  ///   - retryingSince: when, by ``stopwatch``, an earlier call for the same parts, in this upload or another one, began that
  ///     failed with `S3Error.mayHaveTakenEffect`, or whose process died; a refusal is then looked into at the first attempt. If
  ///     what is there is of that call, an upload of this one that is left is aborted. It may have other properties.
  /// - Throws: `S3Error`; `isConditionFailure` when the condition did not hold: the upload is then still there.
  package func completeMultipartUpload(
    _ key: ObjectKey, upload: UploadID, parts: [CompletedPart], condition: WriteCondition = .always,
    crc32: UInt32? = nil, retryingSince: Double? = nil
  ) async throws(S3Error) -> WrittenObject {
    guard !parts.isEmpty else {
      throw invalidRequest(.completeMultipartUpload, key, "a multipart upload without parts")
    }
    let parts = parts.sorted { $0.number < $1.number }
    var request = S3Request(.completeMultipartUpload, .post, key)
    request.query = [("uploadId", upload.string)]
    request.headers.append("content-type", "application/xml")
    condition.append(to: &request.headers)
    if let crc32 {
      request.headers.append("x-amz-checksum-crc32", ChecksumCRC32.encode(crc32))
      request.headers.append("x-amz-checksum-type", MultipartChecksums.fullObject.rawValue)
    }
    request.body = .bytes(S3Client.document(parts))
    request.destination = .collect(limit: 5 << 20)
    let start = stopwatch
    do {
      return try await send(request) { (response) throws(AnswerFailure) in
        let result = try ResultDocument(response.body, root: "CompleteMultipartUploadResult")
        try AnswerFailure.check(crc32, result.crc32 ?? ChecksumCRC32.read(response.headers))
        return WrittenObject(
          etag: result.etag, versionID: response.headers["x-amz-version-id"],
          serverTime: response.headers["date"].flatMap(HTTPDate.parse))
      }
    } catch {
      guard error.mayHaveTakenEffect || retryingSince != nil, error.isConditionFailure || error.code == "NoSuchUpload"
      else { throw error }
      // An earlier call may have completed another upload: then this one is still there, and says nothing about that.
      let mayBeOther = retryingSince != nil
      if error.code != "NoSuchUpload", !mayBeOther { try await requireGone(upload, of: key, after: error) }
      let evidence = CompletionEvidence(parts: parts, crc32: crc32)
      let written = try await resolve(
        error, key, since: min(start, retryingSince ?? start)
      ) { evidence.proves($0, writtenAfter: $1) }
      if error.code != "NoSuchUpload", mayBeOther { try? await abortMultipartUpload(key, upload: upload) }
      return written
    }
  }

  /// Throws `refusal` when the upload is still there: then nobody has completed it.
  private func requireGone(_ upload: UploadID, of key: ObjectKey, after refusal: S3Error) async throws(S3Error) {
    do {
      _ = try await listPartsPage(key, upload: upload, after: 0, maximum: 1)
    } catch {
      if error.code == "NoSuchUpload" { return }
      throw unresolved(refusal, because: error)
    }
    throw refusal
  }

  private static func document(_ parts: [CompletedPart]) -> [UInt8] {
    var document = XMLWriter()
    document.open("CompleteMultipartUpload", namespace: true)
    for part in parts {
      document.open("Part")
      document.element("PartNumber", String(part.number))
      document.element("ETag", part.etag.quoted)
      if let crc32 = part.crc32 { document.element("ChecksumCRC32", ChecksumCRC32.encode(crc32)) }
      document.close("Part")
    }
    document.close("CompleteMultipartUpload")
    return document.bytes
  }
}
