// SPDX-License-Identifier: Apache-2.0
//
// AWS Signature Version 4: a request and credentials in, headers or a query out. No I/O and no clock, so that a test can
// compare with published signatures. Sources: S3 API Reference, "Signature Calculations for the Authorization Header" and
// "Authenticating Requests: Using Query Parameters"; IAM User Guide, "Create a signed AWS API request".
//
// State: the signing key of the day, shared by all copies of a signer (see SigningKeyCache). Any thread may call.
// Nothing can fail here: a wrong input becomes a signature that the store refuses.

/// Signs requests to one service in one region.
package struct Signer: Sendable {
  package let service: String
  package let region: String
  private let keys: SigningKeyCache

  /// - Parameter service: `s3`, `sts` and so on. S3 signs the path as it is and wants `x-amz-content-sha256`; all others
  ///   normalise the path and encode it twice.
  package init(service: String, region: String) {
    self.service = service
    self.region = region
    keys = SigningKeyCache(service: service, region: region)
  }

  private var isS3: Bool { service == "s3" }

  /// Signs a request in its headers.
  ///
  /// - Parameter time: seconds since 1970; the store allows 15 minutes of difference to its own clock.
  /// - Returns: the headers to add: `x-amz-date`, `x-amz-content-sha256` (S3 only), `x-amz-security-token` (temporary
  ///   credentials only) and `authorization`.
  package func sign(
    _ request: SignableRequest, with credentials: AWSCredentials, at time: Int64
  ) -> [(name: String, value: String)] {
    let time = SigningTime(secondsSince1970: time)
    var added: [(name: String, value: String)] = []
    added.reserveCapacity(4)
    added.append(("x-amz-date", time.timestamp))
    if isS3 { added.append(("x-amz-content-sha256", request.payload.headerValue)) }
    if let token = credentials.sessionToken { added.append(("x-amz-security-token", token)) }

    var headers = CanonicalHeaders(request.headers, host: request.host)
    for field in added { headers.insert(field.name, field.value) }
    var query = ByteText(capacity: 256)
    URIEncoding.appendQuery(request.query, to: &query)
    let canonical = canonicalRequest(request, query: query, headers: headers)

    var authorization = ByteText(capacity: 384)
    authorization.append("AWS4-HMAC-SHA256 Credential=")
    authorization.append(credentials.accessKeyID)
    authorization.append(UInt8(ascii: "/"))
    keys.appendScope(time, to: &authorization)
    authorization.append(", SignedHeaders=")
    headers.appendNames(to: &authorization)
    authorization.append(", Signature=")
    keys.appendSignature(
      of: canonical, secret: credentials.secretAccessKey, time: time, to: &authorization)
    added.append(("authorization", authorization.string))
    return added
  }

  /// The longest that a presigned URL may be valid: seven days, in seconds.
  package static let longestExpiry = 604_800

  /// Signs a request in its query, for a URL that works without credentials.
  ///
  /// - Parameters:
  ///   - request: its headers must be sent by whoever uses the URL; S3 wants the payload `unsigned`.
  ///   - expiresIn: seconds from `time`, 1 to ``longestExpiry``. Temporary credentials end the URL with their own expiry.
  /// - Returns: the whole query, encoded and signed, without the `?`.
  package func presign(
    _ request: SignableRequest, with credentials: AWSCredentials, at time: Int64, expiresIn: Int
  ) -> String {
    let time = SigningTime(secondsSince1970: time)
    let headers = CanonicalHeaders(request.headers, host: request.host)
    var scope = ByteText(capacity: 64)
    keys.appendScope(time, to: &scope)
    var names = ByteText(capacity: 64)
    headers.appendNames(to: &names)

    var items = request.query
    items.append(("X-Amz-Algorithm", "AWS4-HMAC-SHA256"))
    items.append(("X-Amz-Credential", credentials.accessKeyID + "/" + scope.string))
    items.append(("X-Amz-Date", time.timestamp))
    items.append(("X-Amz-Expires", String(expiresIn)))
    if let token = credentials.sessionToken { items.append(("X-Amz-Security-Token", token)) }
    items.append(("X-Amz-SignedHeaders", names.string))

    var query = ByteText(capacity: 256)
    URIEncoding.appendQuery(items, to: &query)
    let canonical = canonicalRequest(request, query: query, headers: headers)
    query.append("&X-Amz-Signature=")
    keys.appendSignature(
      of: canonical, secret: credentials.secretAccessKey, time: time, to: &query)
    return query.string
  }

  private func canonicalRequest(_ request: SignableRequest, query: borrowing ByteText, headers: CanonicalHeaders)
    -> ByteText
  {
    var text = ByteText(capacity: 768 + query.count)
    text.append(request.method)
    text.append(UInt8(ascii: "\n"))
    let path = isS3 ? request.path : CanonicalPath.normalized(request.path)
    text.append(path.isEmpty ? "/" : path)
    text.append(UInt8(ascii: "\n"))
    text.append(query.bytes)
    text.append(UInt8(ascii: "\n"))
    headers.appendLines(to: &text)
    text.append(UInt8(ascii: "\n"))
    headers.appendNames(to: &text)
    text.append(UInt8(ascii: "\n"))
    text.append(request.payload.headerValue)
    return text
  }
}
