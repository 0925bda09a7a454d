// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import Storage
import TestSupport
import Testing

/// The options of the page "Upload files", each in one request and in parts. Checked with boto3.
@Suite struct UploadOptionTests {
  /// Of one request, and of two parts.
  private static let sizes = [5, 6 << 20]

  /// Uploads objects of both sizes and gives what boto3 says of them.
  private func heads(
    _ kind: StoreKind, _ options: UploadOptions, path: String = "album/2024/1.jpg",
    check: (UploadResult, IndependentClient.Head) -> Void
  ) async throws {
    let fixture = try await StorageFixture(kind)
    for size in Self.sizes {
      let result = try await fixture.storage.uploadData(
        path: .path(path), data: .bytes(Noise.bytes(size)), options: options
      ).result
      let head = try #require(try await fixture.other.head(path))
      #expect(head.contentLength == Int64(size) && head.eTag == result.eTag)
      check(result, head)
    }
  }

  @Test(arguments: StoreKind.allCases)
  func bucketByName(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let second = try await fixture.makeBucket()
    let storage = fixture.another { $0.buckets = ["gallery": .init(name: second, region: "us-east-1")] }.storage
    _ = try await storage.uploadData(path: "k", data: "x", options: UploadOptions(bucket: "gallery")).result
    #expect(try await fixture.other.keys(in: second) == ["k"])
    #expect(try await fixture.other.keys().isEmpty)
    let error = await #expect(throws: StorageError.self) {
      try await storage.uploadData(path: "k", data: "x", options: UploadOptions(bucket: "galery")).result
    }
    #expect(error?.name == "InvalidStorageBucket" && error?.message.contains("gallery") == true)
  }

  @Test(arguments: StoreKind.allCases)
  func bucketByNameAndRegion(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let second = try await fixture.makeBucket()
    let options = UploadOptions(bucket: .bucket(name: second, region: "us-east-1"))
    _ = try await fixture.storage.uploadData(path: "k", data: "x", options: options).result
    #expect(try await fixture.other.keys(in: second) == ["k"])
  }

  @Test(arguments: StoreKind.allCases)
  func pathOfTheIdentity(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind) { $0.identityID = { "eu-1:1234" } }
    let result = try await fixture.storage.uploadData(path: .identity { "album/\($0)/1.jpg" }, data: "x").result
    #expect(result.path == "album/eu-1:1234/1.jpg")
    #expect(try await fixture.other.keys() == ["album/eu-1:1234/1.jpg"])
  }

  @Test(arguments: StoreKind.allCases)
  func contentType(_ kind: StoreKind) async throws {
    try await heads(kind, UploadOptions(contentType: "image/x-mine")) { result, head in
      #expect(result.contentType == "image/x-mine" && head.contentType == "image/x-mine")
    }
    try await heads(kind, UploadOptions()) { result, head in
      #expect(result.contentType == "image/jpeg" && head.contentType == "image/jpeg")
    }
    try await heads(kind, UploadOptions(), path: "album/unknown") { result, head in
      #expect(result.contentType == "application/octet-stream" && head.contentType == "application/octet-stream")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func contentEncoding(_ kind: StoreKind) async throws {
    try await heads(kind, UploadOptions(contentEncoding: "x-none")) { #expect($1.contentEncoding == "x-none") }
  }

  @Test(arguments: StoreKind.allCases)
  func contentDisposition(_ kind: StoreKind) async throws {
    try await heads(kind, UploadOptions(contentDisposition: "attachment")) {
      #expect($1.contentDisposition == "attachment")
    }
    try await heads(kind, UploadOptions(contentDisposition: .attachment(filename: "Grüße 1.jpg"))) {
      #expect(
        $1.contentDisposition == "attachment; filename=\"Gr__e 1.jpg\"; filename*=UTF-8''Gr%C3%BC%C3%9Fe%201.jpg")
    }
  }

  @Test(arguments: StoreKind.allCases)
  func contentLanguage(_ kind: StoreKind) async throws {
    try await heads(kind, UploadOptions(contentLanguage: "de-CH")) { #expect($1.contentLanguage == "de-CH") }
  }

  @Test(arguments: StoreKind.allCases)
  func cacheControl(_ kind: StoreKind) async throws {
    try await heads(kind, UploadOptions(cacheControl: "max-age=60")) { #expect($1.cacheControl == "max-age=60") }
  }

  @Test(arguments: StoreKind.allCases)
  func metadata(_ kind: StoreKind) async throws {
    let options = UploadOptions(metadata: ["customKey": "customValue", "title": "Größe: 100%"])
    try await heads(kind, options) { result, head in
      #expect(result.metadata == ["customkey": "customValue", "title": "Größe: 100%"])
      #expect(head.metadata == ["customkey": "customValue", "title": "Gr%C3%B6%C3%9Fe: 100%25"])
    }
  }

  @Test(arguments: StoreKind.allCases)
  func preventOverwrite(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    for size in Self.sizes {
      let key = "k\(size)"
      let options = UploadOptions(preventOverwrite: true)
      let bytes = Noise.bytes(size)
      let result = try await fixture.storage.uploadData(path: .path(key), data: .bytes(bytes), options: options).result
      let error = await #expect(throws: StorageError.self) {
        try await fixture.storage.uploadData(
          path: .path(key), data: .bytes(Noise.bytes(size, seed: 2)), options: options
        )
        .result
      }
      #expect(error?.name == "PreconditionFailed" && error?.httpStatus == 412 && error?.isPreconditionFailure == true)
      #expect(try await fixture.other.head(key)?.eTag == result.eTag)
    }
    // The parts of the refused upload cost nobody anything.
    #expect(try await fixture.other.uploads().isEmpty)
  }

  @Test(arguments: StoreKind.allCases)
  func checksumAlgorithm(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let options = UploadOptions(checksumAlgorithm: .crc32)
    _ = try await fixture.storage.uploadData(path: "check", data: "123456789", options: options).result
    // The check value of CRC-32/ISO-HDLC, 0xCBF43926.
    #expect(try await fixture.other.head("check")?.checksumCRC32 == "y/Q5Jg==")

    let large = Noise.bytes(6 << 20)
    _ = try await fixture.storage.uploadData(path: "large", data: .bytes(large), options: options).result
    let head = try #require(try await fixture.other.head("large"))
    // ministack keeps checksums of parts only.
    #expect(head.checksumCRC32?.isEmpty == false)
    if kind == .seaweedFS { #expect(head.checksumType == "FULL_OBJECT") }
    #expect(try await fixture.other.get("large") == large)
    for request in fixture.transport.requests where request.partNumber != nil {
      #expect(request.headers["x-amz-checksum-crc32"]?.isEmpty == false)
    }
  }

  @Test func aStoreWithoutChecksumsIsChecksumUnsupported() async throws {
    let transport = StubTransport { request in
      if request.headers["x-amz-checksum-algorithm"] != nil {
        return HTTPResponse(status: 501, body: Array("<Error><Code>NotImplemented</Code></Error>".utf8))
      }
      let answer = "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>"
      return request.method == .delete ? HTTPResponse(status: 204) : HTTPResponse(status: 200, body: Array(answer.utf8))
    }
    let storage = Storage(.example, transport: transport)
    let error = await #expect(throws: StorageError.self) {
      try await storage.uploadData(
        path: "k", data: .bytes(Noise.bytes(6 << 20)), options: UploadOptions(checksumAlgorithm: .crc32)
      ).result
    }
    #expect(error?.name == "ChecksumUnsupported")
    #expect(transport.requests.last?.method == .delete)
  }

  /// No server here has edge locations: what is asked of whom is what can be seen.
  @Test func useAccelerateEndpoint() async throws {
    let transport = StubTransport { _ in
      HTTPResponse(status: 200, headers: HTTPHeaders([(name: "etag", value: "\"e\"")]))
    }
    let storage = Storage(.example, transport: transport)
    let options = UploadOptions(useAccelerateEndpoint: true)
    _ = try await storage.uploadData(path: "a b", data: "x", options: options).result
    _ = try await storage.uploadData(path: "a b", data: "x").result
    #expect(
      transport.requests.map(\.url) == [
        "https://photos.s3-accelerate.amazonaws.com/a%20b", "https://photos.s3.eu-west-1.amazonaws.com/a%20b",
      ])
  }

  @Test(
    arguments: [
      ("dotted.bucket", nil, .automatic, "DnsIncompatibleBucketName"),
      ("photos", "http://127.0.0.1:1", .automatic, "InvalidCustomEndpoint"),
      ("photos", nil, .path, "ForcePathStyleEndpointNotSupported"),
    ] as [(String, String?, StorageConfiguration.Addressing, String)])
  func useAccelerateEndpointWhereItCannotBe(
    bucket: String, endpoint: String?, addressing: StorageConfiguration.Addressing, name: String
  ) async throws {
    var configuration = StorageConfiguration.example
    configuration.defaultBucket = .bucket(name: bucket, region: "eu-west-1")
    configuration.endpointURL = endpoint
    configuration.addressing = addressing
    let storage = Storage(configuration)
    let error = await #expect(throws: StorageError.self) {
      try await storage.uploadData(path: "k", data: "x", options: UploadOptions(useAccelerateEndpoint: true)).result
    }
    #expect(error?.name == name)
  }

  /// No server here compares the owner: that each request says it, and is signed with it, is what can be seen.
  @Test(arguments: StoreKind.allCases)
  func expectedBucketOwner(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    for size in Self.sizes {
      _ = try await fixture.storage.uploadData(
        path: "k", data: .bytes(Noise.bytes(size)), options: UploadOptions(expectedBucketOwner: "123456789012")
      ).result
    }
    // Put, create, two parts, complete; ministack wants the last without the checksum of the whole.
    #expect(fixture.transport.requests.count >= 5)
    for request in fixture.transport.requests {
      #expect(request.headers["x-amz-expected-bucket-owner"] == "123456789012")
      #expect(request.headers["authorization"]?.contains("x-amz-expected-bucket-owner") == true)
    }
    let error = await #expect(throws: StorageError.self) {
      try await fixture.storage.uploadData(
        path: "k", data: "x", options: UploadOptions(expectedBucketOwner: "1234567890123")
      ).result
    }
    #expect(error?.name == "InvalidAWSAccountID")
  }

  @Test(arguments: StoreKind.allCases)
  func onProgress(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    for size in [0, 5, 12 << 20] {
      let recorder = Recorder<TransferProgress>()
      let options = UploadOptions(onProgress: { recorder.note($0) })
      _ = try await fixture.storage.uploadData(path: "k", data: .bytes(Noise.bytes(size)), options: options).result
      let values = recorder.values
      #expect(values.last == TransferProgress(transferredBytes: Int64(size), totalBytes: Int64(size)))
      #expect(values.last?.fraction == 1)
      #expect(zip(values, values.dropFirst()).allSatisfy { $0.transferredBytes <= $1.transferredBytes })
    }
  }

  @Test(arguments: StoreKind.allCases)
  func partSize(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    let bytes = Noise.bytes(17 << 20)
    _ = try await fixture.storage.uploadData(
      path: "k", data: .bytes(bytes), options: UploadOptions(partSize: 8 << 20)
    ).result
    let parts = fixture.transport.requests.filter { $0.partNumber != nil }.map(\.body.length).sorted()
    #expect(parts == [1 << 20, 8 << 20, 8 << 20])
    #expect(try await fixture.other.get("k") == bytes)
  }

  @Test(arguments: StoreKind.allCases)
  func concurrency(_ kind: StoreKind) async throws {
    let fixture = try await StorageFixture(kind)
    fixture.transport.allow { $0.partNumber == nil }
    let task = fixture.storage.uploadData(
      path: "k", data: .bytes(Noise.bytes(26 << 20)), options: UploadOptions(concurrency: 2))
    try await eventually("two parts are on their way") { fixture.transport.active == 2 }
    #expect(fixture.transport.parts.sorted() == [1, 2])
    fixture.transport.allow { _ in true }
    _ = try await task.result
    #expect(fixture.transport.parts.sorted() == [1, 2, 3, 4, 5, 6])
  }
}

extension StorageConfiguration {
  /// AWS, which no test reaches.
  static var example: StorageConfiguration {
    var configuration = StorageConfiguration(
      bucket: "photos", region: "eu-west-1", credentials: .static(accessKeyID: "KEY", secretAccessKey: "SECRET"))
    configuration.environment = [:]
    return configuration
  }
}
