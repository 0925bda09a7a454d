// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Mount
import S3Client
import Testing

@Suite("A store that refuses")
struct StoreFailureTests {
  @Test(
    "is explained with a remedy",
    arguments: [
      ("InvalidAccessKeyId", 403, "http://h does not know the access key; check AWS_ACCESS_KEY_ID or the profile"),
      (
        "SignatureDoesNotMatch", 403,
        "the secret key does not fit the access key; check AWS_SECRET_ACCESS_KEY or the profile"
      ),
      ("ExpiredToken", 400, "the credentials have expired; sign in again or renew the session token"),
      (
        "AccessDenied", 403,
        "http://h denies access to bucket photos (AccessDenied); the credentials need s3:ListBucket on it"
      ),
      ("NoSuchBucket", 404, "bucket photos does not exist at http://h; check its name, or create it first"),
      ("PermanentRedirect", 301, "bucket photos is not in region us-east-1 (words); give its own with --region"),
      ("InternalError", 500, "http://h is out of order: InternalError (500): words; try again later"),
      ("MethodNotAllowed", 405, "http://h answers MethodNotAllowed (405): words; check --endpoint and --addressing"),
    ])
  func codes(code: String, status: Int, text: String) {
    let error = S3Error(code: code, message: "words", status: status, operation: "ListObjectsV2", bucket: "photos")
    let failure = StoreFailure.describe(error, bucket: "photos", endpoint: "http://h", region: "us-east-1")
    #expect(failure.description == text)
  }

  @Test(
    "or that cannot be reached",
    arguments: [
      (.unresolvedHost, "http://h: no such host; check --endpoint and that the store runs"),
      (.cannotConnect, "http://h cannot be reached: words; check --endpoint and that the store runs"),
      (.timedOut, "http://h does not answer; check --endpoint and that the store runs"),
      (.tls, "http://h: the certificate is not trusted: words; name its authority with -o ca-file=FILE"),
    ] as [(TransportError.Kind, String)])
  func transport(kind: TransportError.Kind, text: String) {
    let error = S3Error(
      code: "TransportError", message: "words", operation: "ListObjectsV2", bucket: "photos",
      transport: TransportError(kind, "words"))
    #expect(StoreFailure.describe(error, bucket: "photos", endpoint: "http://h", region: "x").description == text)
  }
}
