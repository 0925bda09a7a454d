// SPDX-License-Identifier: Apache-2.0

import Credentials
package import HTTPTransport
import Locking
import SigV4

/// A URL that works without credentials, for a while.
package struct PresignedURL: Equatable, Sendable {
  package var url: String
  /// When it was made, on our clock, in seconds since 1970.
  package var issued: Int64
  /// Seconds after ``issued``; fewer than asked for when the credentials end before.
  package var expiresIn: Int
}

extension S3Client {
  /// Makes a URL that anyone can use for one request, without credentials (S3 API Reference, "Authenticating requests:
  /// using query parameters"). No request is sent.
  ///
  /// - Parameters:
  ///   - expiresIn: seconds from now, 1 to 604,800; cut to the life of the credentials that sign it, which ends with them.
  ///   - headers: that whoever uses the URL must send exactly so, such as `content-type` of a PUT.
  ///   - query: options of the operation, such as `response-content-disposition`; not encoded.
  /// - Throws: `S3Error`: "InvalidRequest" for an expiry out of range or a header that cannot be, "NoCredentials".
  package func presign(
    method: HTTPMethod, key: ObjectKey, expiresIn: Int, headers: [(name: String, value: String)] = [],
    query: [(name: String, value: String)] = []
  ) async throws(S3Error) -> PresignedURL {
    guard (1...Signer.longestExpiry).contains(expiresIn) else {
      throw invalidRequest(
        .presign, key, "a URL can be valid for 1 to \(Signer.longestExpiry) seconds, not \(expiresIn)")
    }
    // The URL of an empty key would be one of the bucket.
    guard !key.string.isEmpty else { throw invalidRequest(.presign, key, "an empty key") }
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
    let now = clock.now()
    let life = S3Client.life(expiresIn, of: credentials, at: now)
    let time = now + clockOffset.withLock { $0 }
    return PresignedURL(
      url: endpoint.url(
        path: path, query: signer.presign(request, with: credentials, at: time, expiresIn: life)),
      issued: now, expiresIn: life)
  }

  /// ``presign(method:key:expiresIn:headers:query:)``, and only the URL of it.
  package func presignedURL(
    method: HTTPMethod, key: ObjectKey, expiresIn: Int, headers: [(name: String, value: String)] = [],
    query: [(name: String, value: String)] = []
  ) async throws(S3Error) -> String {
    try await presign(method: method, key: key, expiresIn: expiresIn, headers: headers, query: query).url
  }

  /// Seconds that a URL can be valid; at least one, because providers hand out valid credentials.
  private static func life(_ wanted: Int, of credentials: AWSCredentials, at now: Int64) -> Int {
    guard let end = credentials.expiration else { return wanted }
    return Int(min(Int64(wanted), max(1, end - now)))
  }
}
