// SPDX-License-Identifier: Apache-2.0

import Testing

import S3Client

@Suite struct EndpointTests {
  struct Case: Sendable {
    var bucket = "my-bucket"
    var region = "eu-west-1"
    var endpoint: String?
    var addressing = AddressingStyle.automatic
    /// The URL of the key `a b`, and that of the bucket.
    var urls: [String]
  }

  @Test(arguments: [
    Case(urls: ["https://my-bucket.s3.eu-west-1.amazonaws.com/a%20b", "https://my-bucket.s3.eu-west-1.amazonaws.com/"]),
    Case(
      bucket: "dotted.bucket",
      urls: [
        "https://s3.eu-west-1.amazonaws.com/dotted.bucket/a%20b", "https://s3.eu-west-1.amazonaws.com/dotted.bucket",
      ]),
    Case(
      bucket: "Legacy_Name",
      urls: ["https://s3.eu-west-1.amazonaws.com/Legacy_Name/a%20b", "https://s3.eu-west-1.amazonaws.com/Legacy_Name"]),
    Case(
      addressing: .path,
      urls: ["https://s3.eu-west-1.amazonaws.com/my-bucket/a%20b", "https://s3.eu-west-1.amazonaws.com/my-bucket"]),
    Case(
      bucket: "dotted.bucket", addressing: .virtualHost,
      urls: [
        "https://dotted.bucket.s3.eu-west-1.amazonaws.com/a%20b", "https://dotted.bucket.s3.eu-west-1.amazonaws.com/",
      ]),
    Case(
      region: "cn-north-1",
      urls: [
        "https://my-bucket.s3.cn-north-1.amazonaws.com.cn/a%20b", "https://my-bucket.s3.cn-north-1.amazonaws.com.cn/",
      ]),
    Case(
      region: "us-gov-west-1",
      urls: [
        "https://my-bucket.s3.us-gov-west-1.amazonaws.com/a%20b", "https://my-bucket.s3.us-gov-west-1.amazonaws.com/",
      ]),
    Case(
      region: "us-isob-east-1",
      urls: [
        "https://my-bucket.s3.us-isob-east-1.sc2s.sgov.gov/a%20b", "https://my-bucket.s3.us-isob-east-1.sc2s.sgov.gov/",
      ]),
    Case(
      endpoint: "http://127.0.0.1:8333",
      urls: ["http://127.0.0.1:8333/my-bucket/a%20b", "http://127.0.0.1:8333/my-bucket"]),
    Case(
      endpoint: "HTTPS://S3.Example.com:443/",
      urls: ["https://s3.example.com/my-bucket/a%20b", "https://s3.example.com/my-bucket"]),
    Case(
      endpoint: "http://gateway/s3/v1//",
      urls: ["http://gateway/s3/v1/my-bucket/a%20b", "http://gateway/s3/v1/my-bucket"]),
    Case(
      endpoint: "http://[::1]:9000", urls: ["http://[::1]:9000/my-bucket/a%20b", "http://[::1]:9000/my-bucket"]),
    Case(
      endpoint: "http://minio.local:9000", addressing: .virtualHost,
      urls: ["http://my-bucket.minio.local:9000/a%20b", "http://my-bucket.minio.local:9000/"]),
    Case(
      endpoint: "http://gateway:80/s3", addressing: .virtualHost,
      urls: ["http://my-bucket.gateway/s3/a%20b", "http://my-bucket.gateway/s3/"]),
  ])
  func resolves(_ test: Case) throws {
    let endpoint = try Endpoint(
      S3Configuration(
        bucket: test.bucket, region: test.region, endpoint: test.endpoint, addressing: test.addressing))
    #expect(endpoint.url(path: endpoint.path(of: "a b"), query: "") == test.urls[0])
    #expect(endpoint.url(path: endpoint.path(of: nil), query: "") == test.urls[1])
  }

  @Test(arguments: [
    S3Configuration(bucket: "", region: "r"), S3Configuration(bucket: "a/b", region: "r"),
    S3Configuration(bucket: "..", region: "r"), S3Configuration(bucket: "a?b", region: "r"),
    S3Configuration(bucket: "ü", region: "r"), S3Configuration(bucket: String(repeating: "a", count: 256), region: "r"),
    S3Configuration(bucket: "b", region: ""), S3Configuration(bucket: "b", region: "evil.com/"),
    S3Configuration(bucket: "b", region: "r", endpoint: ""),
    S3Configuration(bucket: "b", region: "r", endpoint: "host"),
    S3Configuration(bucket: "b", region: "r", endpoint: "ftp://host"),
    S3Configuration(bucket: "b", region: "r", endpoint: "http://"),
    S3Configuration(bucket: "b", region: "r", endpoint: "http://user:secret@host"),
    S3Configuration(bucket: "b", region: "r", endpoint: "http://host?x"),
    S3Configuration(bucket: "b", region: "r", endpoint: "http://host:0"),
    S3Configuration(bucket: "b", region: "r", endpoint: "http://host:65536"),
    S3Configuration(bucket: "b", region: "r", endpoint: "http://host:"),
    S3Configuration(bucket: "b", region: "r", endpoint: "http://ho st"),
    S3Configuration(bucket: "b", region: "r", endpoint: "http://[::1"),
    S3Configuration(bucket: "b", region: "r", endpoint: "http://[]"),
    S3Configuration(bucket: "b", region: "r", endpoint: "http://[::1]x"),
    S3Configuration(bucket: "bucket", region: "r", endpoint: "http://127.0.0.1", addressing: .virtualHost),
    S3Configuration(bucket: "bucket", region: "r", endpoint: "http://[::1]", addressing: .virtualHost),
    S3Configuration(bucket: "My_Bucket", region: "r", addressing: .virtualHost),
    S3Configuration(bucket: "b", region: "r", expectedBucketOwner: "12345678901"),
    S3Configuration(bucket: "b", region: "r", expectedBucketOwner: "12345678901a"),
  ])
  func refuses(_ configuration: S3Configuration) {
    let error = #expect(throws: ConfigurationError.self) { try Endpoint(configuration) }
    #expect(error?.message.contains("secret") == false)
  }

  @Test(
    arguments: [
      ("my-bucket", "eu-west-1", "https://my-bucket.s3-accelerate.amazonaws.com/a%20b"),
      ("my-bucket", "cn-north-1", "https://my-bucket.s3-accelerate.amazonaws.com.cn/a%20b"),
    ] as [(String, String, String)])
  func accelerates(bucket: String, region: String, url: String) throws {
    let endpoint = try Endpoint(S3Configuration(bucket: bucket, region: region, usesAcceleration: true))
    #expect(endpoint.url(path: endpoint.path(of: "a b"), query: "") == url)
  }

  @Test(
    arguments: [
      (S3Configuration(bucket: "dotted.bucket", region: "r", usesAcceleration: true), .acceleration),
      (S3Configuration(bucket: "My_Bucket", region: "r", usesAcceleration: true), .acceleration),
      (S3Configuration(bucket: "bucket", region: "r", endpoint: "http://h", usesAcceleration: true), .endpoint),
      (S3Configuration(bucket: "bucket", region: "r", addressing: .path, usesAcceleration: true), .addressing),
      (S3Configuration(bucket: "", region: "r"), .bucket), (S3Configuration(bucket: "b", region: ""), .region),
      (S3Configuration(bucket: "b", region: "r", endpoint: "h"), .endpoint),
      (S3Configuration(bucket: "b", region: "r", expectedBucketOwner: "1"), .owner),
      (S3Configuration(bucket: "My_Bucket", region: "r", addressing: .virtualHost), .bucket),
      (S3Configuration(bucket: "b1b", region: "r", endpoint: "http://127.0.0.1", addressing: .virtualHost), .endpoint),
    ] as [(S3Configuration, ConfigurationError.Subject)])
  func saysWhatIsWrong(configuration: S3Configuration, subject: ConfigurationError.Subject) {
    let error = #expect(throws: ConfigurationError.self) { try Endpoint(configuration) }
    #expect(error?.subject == subject)
  }

  /// Nothing in a key is touched but by encoding.
  @Test(arguments: [
    ("a//b", "/b/a//b"), ("/a", "/b//a"), ("a/../b", "/b/a/../b"), ("a+b%20", "/b/a%2Bb%2520"),
    ("\n\u{1}", "/b/%0A%01"),
    ("ü", "/b/%C3%BC"), ("u\u{308}", "/b/u%CC%88"), ("~-._!*'()", "/b/~-._%21%2A%27%28%29"), ("", "/b/"),
  ])
  func encodesKeys(_ key: String, _ path: String) throws {
    let endpoint = try Endpoint(S3Configuration(bucket: "b", region: "r", endpoint: "http://h"))
    #expect(endpoint.path(of: ObjectKey(key)) == path)
  }
}
