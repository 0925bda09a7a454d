// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import S3Client
import Storage
import TestSupport
import Testing

/// Presigned URLs, used by curl, which knows nothing but them.
@Suite struct GetURLTests {
  /// What curl did.
  private struct Answer {
    var status: Int
    var headers: [String: String]
    var body: String
  }

  private func curl(_ url: URL, _ arguments: [String] = []) async throws -> Answer {
    let directory = try TemporaryDirectory("curl")
    let outcome = try await Shell.run(
      "curl",
      [
        "--silent", "--show-error", "--output", directory.path("body"), "--dump-header", directory.path("headers"),
        "--write-out", "%{http_code}",
      ] + arguments + [url.absoluteString])
    #expect(outcome.succeeded, "\(outcome.error)")
    let head = try String(contentsOfFile: directory.path("headers"), encoding: .utf8)
    var headers: [String: String] = [:]
    for line in head.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: ":", maxSplits: 1)
      if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
    }
    let body = (try? String(contentsOfFile: directory.path("body"), encoding: .utf8)) ?? ""
    return Answer(status: Int(outcome.output) ?? 0, headers: headers, body: body)
  }

  /// Uploads a file as a person would.
  private func curlUpload(_ url: StorageURL, headers: [String: String]? = nil, body: String = "hello") async throws
    -> Int
  {
    let directory = try TemporaryDirectory("curl")
    try Data(body.utf8).write(to: URL(fileURLWithPath: directory.path("file")))
    var arguments = ["-T", directory.path("file")]
    for (name, value) in headers ?? url.headers { arguments += ["-H", "\(name): \(value)"] }
    return try await curl(url.url, arguments).status
  }

  @Test(arguments: StoreKind.allCases)
  func methodGet(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    for key in ["album/2024/1.jpg", "a b+ü?&%41.txt"] {
      try await fixture.other.put(key, "hello")
      let url = try await fixture.storage.getURL(path: .path(key))
      #expect(url.method == .get && url.headers.isEmpty)
      let answer = try await curl(url.url)
      #expect(answer.status == 200 && answer.body == "hello")
      #expect(try await curl(url.url, ["-X", "DELETE"]).status == 403)
      #expect(try await curl(url.url, ["-r", "1-3"]).body == "ell")
    }
    #expect(fixture.transport.requests.isEmpty)
  }

  @Test(arguments: StoreKind.allCases)
  func methodPut(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    for key in ["album/2024/1.jpg", "a b+ü?&%41.txt"] {
      let url = try await fixture.storage.getURL(path: .path(key), options: URLOptions(method: .put))
      #expect(url.method == .put && url.headers.isEmpty)
      #expect(try await curlUpload(url) == 200)
      #expect(try await fixture.other.get(key) == Array("hello".utf8))
      #expect(try await curl(url.url).status == 403)
    }
    #expect(fixture.transport.requests.isEmpty)
  }

  /// "If you specify contentType when generating the presigned URL, you must include the matching Content-Type header."
  @Test(arguments: StoreKind.allCases)
  func contentTypeOfAPut(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let url = try await fixture.storage.getURL(
      path: "album/2024/1.jpg", options: URLOptions(method: .put, expiresIn: 3_600, contentType: "image/jpeg"))
    #expect(url.headers == ["content-type": "image/jpeg"])
    #expect(try await curlUpload(url, headers: ["Content-Type": "text/html"]) == 403)
    #expect(try await curlUpload(url, headers: [:]) == 403)
    #expect(try await fixture.other.head("album/2024/1.jpg") == nil)
    #expect(try await curlUpload(url, headers: ["Content-Type": "image/jpeg"]) == 200)
    #expect(try await fixture.other.head("album/2024/1.jpg")?.contentType == "image/jpeg")
  }

  @Test(arguments: StoreKind.allCases)
  func contentDispositionAndCacheControlOfAPut(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let url = try await fixture.storage.getURL(
      path: "k",
      options: URLOptions(
        method: .put, contentDisposition: .attachment(filename: "ü 1.jpg"), cacheControl: "max-age=60"))
    #expect(try await curlUpload(url, headers: ["cache-control": "max-age=60"]) == 403)
    #expect(try await curlUpload(url) == 200)
    let head = try #require(try await fixture.other.head("k"))
    #expect(head.contentDisposition == "attachment; filename=\"_ 1.jpg\"; filename*=UTF-8''%C3%BC%201.jpg")
    #expect(head.cacheControl == "max-age=60")
  }

  @Test(arguments: StoreKind.allCases)
  func contentTypeDispositionAndCacheControlOfAGet(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", Array("hello".utf8), contentType: "text/plain")
    let url = try await fixture.storage.getURL(
      path: "k",
      options: URLOptions(
        contentType: "image/x-mine", contentDisposition: .attachment(filename: "a b.jpg"), cacheControl: "no-store"))
    let answer = try await curl(url.url)
    #expect(answer.status == 200 && answer.body == "hello")
    #expect(answer.headers["content-type"] == "image/x-mine")
    #expect(answer.headers["content-disposition"] == "attachment; filename=\"a b.jpg\"")
    #expect(answer.headers["cache-control"] == "no-store")
  }

  @Test(arguments: StoreKind.allCases)
  func bucket(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let second = try await fixture.makeBucket()
    let url = try await fixture.storage.getURL(
      path: "k", options: URLOptions(method: .put, bucket: .bucket(name: second, region: "us-east-1")))
    #expect(try await curlUpload(url) == 200)
    #expect(try await fixture.other.keys(in: second) == ["k"])
  }

  @Test(arguments: StoreKind.allCases)
  func expiresIn(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", "hello")
    let start = Date()
    let url = try await fixture.storage.getURL(path: "k")
    #expect(url.expiresIn == 900)
    #expect(abs(url.expiresAt.timeIntervalSince(start) - 900) < 5)
    #expect(try await fixture.storage.getURL(path: "k", options: URLOptions(expiresIn: 604_800)).expiresIn == 604_800)

    // Made two seconds ago for one second.
    var clock = S3Clock.system
    clock.now = { S3Clock.system.now() - 2 }
    let past = Storage(fixture.configuration, transport: fixture.transport, clock: clock)
    let old = try await past.getURL(path: "k", options: URLOptions(expiresIn: 1))
    #expect(try await curl(old.url).status == 403)
    #expect(try await curl(url.url).status == 200)
  }

  /// "The expiration time of the presigned url is dependent on the session."
  @Test func expiresInOfTheCredentials() async throws {
    var configuration = StorageConfiguration.example
    let end = Date(timeIntervalSinceNow: 1_800)
    configuration.credentials = .provider {
      StorageCredentials(accessKeyID: "KEY", secretAccessKey: "SECRET", sessionToken: "TOKEN", expiration: end)
    }
    let url = try await Storage(configuration).getURL(path: "k", options: URLOptions(expiresIn: 3_600))
    #expect((1_795...1_800).contains(url.expiresIn))
    #expect(abs(url.expiresAt.timeIntervalSince(end)) < 2)
    #expect(url.url.absoluteString.contains("X-Amz-Expires=\(url.expiresIn)&"))
    #expect(url.url.absoluteString.contains("X-Amz-Security-Token=TOKEN"))
  }

  @Test(arguments: StoreKind.allCases)
  func expectedBucketOwner(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    try await fixture.other.put("k", "hello")
    let url = try await fixture.storage.getURL(path: "k", options: URLOptions(expectedBucketOwner: "123456789012"))
    #expect(try await curl(url.url).status == 200)
    let other = url.url.absoluteString.replacing("123456789012", with: "123456789013")
    #expect(try await curl(try #require(URL(string: other))).status == 403)
  }

  @Test(arguments: StoreKind.allCases)
  func validateObjectExistence(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let options = URLOptions(validateObjectExistence: true)
    let error = await #expect(throws: StorageError.self) {
      try await fixture.storage.getURL(path: "k", options: options)
    }
    #expect(error?.name == "NotFound" && error?.isNotFound == true)
    try await fixture.other.put("k", "hello")
    #expect(try await curl(try await fixture.storage.getURL(path: "k", options: options).url).body == "hello")
    // "When method: 'PUT' is specified, the validateObjectExistence option is ignored."
    let put = URLOptions(method: .put, validateObjectExistence: true)
    #expect(try await curlUpload(try await fixture.storage.getURL(path: "new", options: put)) == 200)
  }

  @Test func useAccelerateEndpoint() async throws {
    let storage = Storage(.example)
    let url = try await storage.getURL(path: "a b", options: URLOptions(useAccelerateEndpoint: true))
    #expect(url.url.absoluteString.hasPrefix("https://photos.s3-accelerate.amazonaws.com/a%20b?X-Amz-Algorithm="))
  }

  /// Example of the page: "Example: use with DuckDB to export query results directly to S3".
  @Test(arguments: StoreKind.allCases)
  func duckDB(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let path: StoragePath = "analytics/data.parquet"
    let upload = try await fixture.storage.getURL(
      path: path, options: URLOptions(method: .put, contentType: "application/octet-stream"))
    let download = try await fixture.storage.getURL(path: path)
    let outcome = try await Shell.run(
      try PackageDirectory.virtualEnvironmentProgram("python3"),
      [
        PackageDirectory.root + "/Tests/StorageTests/Links/duckdb_copy.py", upload.url.absoluteString,
        download.url.absoluteString,
      ])
    #expect(outcome.succeeded, "\(outcome.error)")
    #expect(outcome.line == "1000 499500 row 999")
    let head = try #require(try await fixture.other.head("analytics/data.parquet"))
    #expect(head.contentType == "application/octet-stream")
    #expect(try await fixture.other.get("analytics/data.parquet").prefix(4).elementsEqual("PAR1".utf8))
  }
}
