// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
import SigV4

extension S3Client {
  /// Stores an object in one request (S3 API Reference, PutObject).
  ///
  /// A conditional write whose answer was lost is sent again and then refused by its own success. Such a refusal is looked
  /// into, see ``WriteEvidence``: if the object is provably the one sent, the call returns it.
  /// - Parameters:
  ///   - crc32: of the body; the store compares, and keeps it where it can. A file is otherwise not protected on its way.
  ///   - onBodySent: called with the body bytes sent so far, on the network thread; begins anew with each attempt.
  ///   - retryingSince: when, by ``stopwatch``, an earlier call with the same arguments began that failed with
  ///     `S3Error.mayHaveTakenEffect`; a refused condition is then looked into at the first attempt.
  /// - Returns: the version written; its tag is empty, and matches nothing, if the store sent none.
  /// - Throws: `S3Error`; `isConditionFailure` when the condition did not hold.
  package func putObject(
    _ key: ObjectKey, body: RequestBody, properties: ObjectProperties, condition: WriteCondition = .always,
    crc32: UInt32? = nil, onBodySent: (@Sendable (Int64) -> Void)? = nil, retryingSince: Double? = nil
  ) async throws(S3Error) -> WrittenObject {
    var request = S3Request(.putObject, .put, key)
    properties.append(to: &request.headers)
    condition.append(to: &request.headers)
    if let crc32 { request.headers.append("x-amz-checksum-crc32", ChecksumCRC32.encode(crc32)) }
    request.body = body
    request.onBodySent = onBodySent
    let start = stopwatch
    do {
      return try await send(request) { (response) throws(AnswerFailure) in
        try AnswerFailure.check(crc32, ChecksumCRC32.read(response.headers))
        return WrittenObject(
          etag: ETag(response.headers["etag"] ?? ""), versionID: response.headers["x-amz-version-id"],
          serverTime: response.headers["date"].flatMap(HTTPDate.parse))
      }
    } catch {
      guard error.isConditionFailure, error.mayHaveTakenEffect || retryingSince != nil else { throw error }
      let evidence = WriteEvidence(body: body, properties: properties, crc32: crc32)
      return try await resolve(
        error, key, since: min(start, retryingSince ?? start)
      ) { evidence.proves($0, writtenAfter: $1) }
    }
  }
}
