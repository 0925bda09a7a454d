// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

extension S3Client {
  /// Lists one page of the objects whose keys begin with `prefix` (S3 API Reference, ListObjectsV2).
  ///
  /// - Parameters:
  ///   - delimiter: keys with it behind the prefix are grouped into ``ObjectListing/commonPrefixes``.
  ///   - continuationToken: from the page before.
  ///   - startAfter: lists what follows this key.
  ///   - maximumKeys: at most 1,000, objects and common prefixes together.
  /// - Throws: `S3Error`; "InvalidResponse" for a page that contradicts itself or the question, or is larger than 16 MiB.
  package func listObjects(
    prefix: String, delimiter: String? = nil, continuationToken: String? = nil, startAfter: String? = nil,
    maximumKeys: Int = 1_000
  ) async throws(S3Error) -> ObjectListing {
    var request = S3Request(.listObjects, .get)
    request.query = [
      ("list-type", "2"), ("encoding-type", "url"), ("max-keys", String(maximumKeys)), ("prefix", prefix),
    ]
    if let delimiter { request.query.append(("delimiter", delimiter)) }
    if let continuationToken { request.query.append(("continuation-token", continuationToken)) }
    if let startAfter { request.query.append(("start-after", startAfter)) }
    request.destination = .collect(limit: 16 << 20)
    let question = ObjectListing.Question(
      prefix: prefix, delimiter: delimiter, continuationToken: continuationToken)
    return try await send(request) { (response) throws(AnswerFailure) in
      try ObjectListing(response.body, answering: question)
    }
  }
}
