// SPDX-License-Identifier: Apache-2.0

import Credentials
package import HTTPTransport
import Locking
import SigV4

extension S3Client {
  /// Makes a URL that anyone can use for one request, without credentials (S3 API Reference, "Authenticating requests:
  /// using query parameters"). No request is sent.
  ///
  /// - Parameters:
  ///   - expiresIn: seconds from now, 1 to 604,800. One made with temporary credentials ends with them.
  ///   - headers: that whoever uses the URL must send exactly so, such as `content-type` of a PUT.
  ///   - query: options of the operation, such as `response-content-disposition`; not encoded.
  /// - Throws: `S3Error`: "InvalidRequest" for an expiry out of range or a header that cannot be, "NoCredentials".
  package func presignedURL(
    method: HTTPMethod, key: ObjectKey, expiresIn: Int, headers: [(name: String, value: String)] = [],
    query: [(name: String, value: String)] = []
  ) async throws(S3Error) -> String {
    guard (1...Signer.longestExpiry).contains(expiresIn) else {
      throw invalidRequest(
        .presign, key, "a URL can be valid for 1 to \(Signer.longestExpiry) seconds, not \(expiresIn)")
    }
    if let name = HeaderSyntax.firstInvalidName(in: HTTPHeaders(headers)) {
      throw invalidRequest(.presign, key, "the header \(name) holds a character that it cannot")
    }
    let credentials: AWSCredentials
    do {
      credentials = try await self.credentials.credentials()
    } catch {
      throw AttemptFailure(error).error(S3Request(.presign, method, key), bucket: bucket, mayHaveTakenEffect: false)
    }
    var query = query
    // In the query, so that the user of the URL need not know of it.
    if let owner = configuration.expectedBucketOwner { query.append(("x-amz-expected-bucket-owner", owner)) }
    let path = endpoint.path(of: key)
    let request = SignableRequest(
      method: method.rawValue, host: endpoint.host, path: path, query: query, headers: headers, payload: .unsigned)
    let time = clock.now() + clockOffset.withLock { $0 }
    return endpoint.url(
      path: path, query: signer.presign(request, with: credentials, at: time, expiresIn: expiresIn))
  }
}
