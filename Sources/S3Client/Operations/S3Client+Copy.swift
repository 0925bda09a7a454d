// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4

extension S3Client {
  /// Copies an object of up to 5 GiB inside the store (S3 API Reference, CopyObject).
  ///
  /// A conditional copy whose answer was lost may be refused by its own success; that is not looked into, the error stands
  /// with `mayHaveTakenEffect`.
  /// - Parameters:
  ///   - properties: nil keeps those of the source, else they replace all of them.
  ///   - condition: of the destination; not every store regards it.
  /// - Throws: `S3Error`; status 404 when the source is not there, 412 when a condition does not hold.
  package func copyObject(
    _ source: CopySource, to key: ObjectKey, properties: ObjectProperties? = nil, condition: WriteCondition = .always
  ) async throws(S3Error) -> CopiedObject {
    var request = S3Request(.copyObject, .put, key)
    append(source, to: &request.headers)
    request.headers.append("x-amz-metadata-directive", properties == nil ? "COPY" : "REPLACE")
    properties?.append(to: &request.headers)
    condition.append(to: &request.headers)
    return try await send(request) { (response) throws(AnswerFailure) in
      let result = try ResultDocument(response.body, root: "CopyObjectResult")
      return CopiedObject(
        etag: result.etag, lastModified: result.lastModified, versionID: response.headers["x-amz-version-id"])
    }
  }

  /// Adds the headers that name the source of a copy.
  func append(_ source: CopySource, to headers: inout HTTPHeaders) {
    headers.append(
      "x-amz-copy-source", "/\(URIEncoding.component(source.bucket ?? bucket))/" + URIEncoding.path(source.key.string))
    if let etag = source.ifMatch { headers.append("x-amz-copy-source-if-match", etag.quoted) }
    let isOwnBucket = source.bucket == nil || source.bucket == bucket
    if let owner = isOwnBucket ? configuration.expectedBucketOwner : source.expectedBucketOwner {
      headers.append("x-amz-source-expected-bucket-owner", owner)
    }
  }
}
