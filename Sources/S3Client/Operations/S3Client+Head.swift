// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4

extension S3Client {
  /// Checks that the bucket is there, in this region, and may be asked (S3 API Reference, HeadBucket).
  package func headBucket() async throws(S3Error) {
    _ = try await send(S3Request(.headBucket, .head))
  }

  /// Tells what an object is (S3 API Reference, HeadObject), with its checksum where the store keeps one.
  ///
  /// - Throws: `S3Error` with status 404 when there is no such object; "InvalidResponse" when the answer has no size.
  package func headObject(_ key: ObjectKey) async throws(S3Error) -> ObjectHead { try await headWithTime(key).head }

  /// The same, and the store's clock when it answered, in seconds since 1970.
  func headWithTime(_ key: ObjectKey) async throws(S3Error) -> (head: ObjectHead, serverTime: Int64?) {
    var request = S3Request(.headObject, .head, key)
    request.headers.append("x-amz-checksum-mode", "ENABLED")
    return try await send(request) { (response) throws(AnswerFailure) in
      guard let size = response.headers["content-length"].flatMap({ Decimal.parse($0) }) else {
        throw .invalid("the answer to HEAD has no valid Content-Length")
      }
      return (
        ObjectHead(size: size, headers: response.headers, isPartial: false),
        response.headers["date"].flatMap(HTTPDate.parse)
      )
    }
  }
}
