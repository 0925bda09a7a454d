// SPDX-License-Identifier: Apache-2.0

import SigV4
import Testing

/// The worked examples of the S3 API Reference: "Signature Calculations for the Authorization Header" and "Authenticating
/// Requests: Using Query Parameters". Every expected value is printed there.
@Suite struct S3PublishedExamplesTests {
  private let signer = Signer(service: "s3", region: "us-east-1")
  private let credentials = AWSCredentials(
    accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
  /// 2013-05-24T00:00:00Z.
  private let time: Int64 = 1_369_353_600
  private let host = "examplebucket.s3.amazonaws.com"

  private func sign(_ request: SignableRequest) -> [String: String] {
    Dictionary(uniqueKeysWithValues: signer.sign(request, with: credentials, at: time).map { ($0.name, $0.value) })
  }

  private func authorization(_ signedHeaders: String, _ signature: String) -> String {
    "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, "
      + "SignedHeaders=\(signedHeaders), Signature=\(signature)"
  }

  @Test func getObjectWithRange() {
    let added = sign(
      SignableRequest(
        method: "GET", host: host, path: "/test.txt", headers: [("Range", "bytes=0-9")], payload: .empty))
    #expect(
      added == [
        "x-amz-date": "20130524T000000Z",
        "x-amz-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "authorization": authorization(
          "host;range;x-amz-content-sha256;x-amz-date",
          "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"),
      ])
  }

  @Test func putObject() {
    let body = Array("Welcome to Amazon S3.".utf8)
    let added = sign(
      SignableRequest(
        method: "PUT", host: host, path: URIEncoding.path("/test$file.text"),
        headers: [("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-storage-class", "REDUCED_REDUNDANCY")],
        payload: .of(body)))
    #expect(
      added["x-amz-content-sha256"] == "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072")
    #expect(
      added["authorization"]
        == authorization(
          "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
          "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"))
  }

  @Test func getBucketLifecycle() {
    let added = sign(
      SignableRequest(method: "GET", host: host, path: "/", query: [("lifecycle", "")], payload: .empty))
    #expect(
      added["authorization"]
        == authorization(
          "host;x-amz-content-sha256;x-amz-date", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543"))
  }

  @Test func listObjects() {
    let added = sign(
      SignableRequest(
        method: "GET", host: host, path: "/", query: [("prefix", "J"), ("max-keys", "2")], payload: .empty))
    #expect(
      added["authorization"]
        == authorization(
          "host;x-amz-content-sha256;x-amz-date", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7"))
  }

  @Test func presignedGet() {
    let query = signer.presign(
      SignableRequest(method: "GET", host: host, path: "/test.txt", payload: .unsigned), with: credentials, at: time,
      expiresIn: 86_400)
    #expect(
      query == "X-Amz-Algorithm=AWS4-HMAC-SHA256"
        + "&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
        + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
        + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
  }
}
