// SPDX-License-Identifier: Apache-2.0

import Credentials
import Foundation
import HTTPTransport
import Logging
import S3Client
import SigV4
import TestSupport
import Testing
import Transfer

/// The real servers that transfers are tested on.
enum Store: String, CaseIterable, CustomTestStringConvertible {
  case seaweedFS
  case ministack

  var testDescription: String { rawValue }

  func server() throws -> TestServer {
    switch self {
    case .seaweedFS: try SeaweedFS.shared()
    case .ministack: try Ministack.shared()
    }
  }
}

/// A client on a bucket of its own, whose requests a test can meddle with, and a directory.
struct DownloadFixture {
  static let network = CurlTransport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

  let directory: TemporaryDirectory
  let transport = InterceptingTransport(DownloadFixture.network)
  let client: S3Client
  let other: IndependentClient
  let bucket: String

  init(_ store: Store) async throws {
    directory = try TemporaryDirectory("download")
    let (server, bucket) = try await BlockingWork.run {
      let server = try store.server()
      return (server, try server.createBucket())
    }
    self.bucket = bucket
    other = IndependentClient(server)
    client = try S3Client(
      configuration: S3Configuration(bucket: bucket, region: server.region, endpoint: server.endpoint),
      credentials: KeyPair(server.accessKeyID, server.secretAccessKey), transport: transport)
  }

  /// Makes an object whose checksum the store knows.
  @discardableResult
  func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws -> WrittenObject {
    try await client.putObject(
      key, body: .bytes(bytes), properties: ObjectProperties(contentType: "text/x-test"), crc32: Noise.crc32(bytes))
  }

  var path: String { directory.path("file") }

  func download(
    _ key: ObjectKey = "k", to destination: ObjectDownload.Destination? = nil, rangeSize: Int64 = 1 << 20,
    concurrency: Int = 4, bytes: Range<Int64>? = nil, onProgress: (@Sendable (ObjectDownload.Progress) -> Void)? = nil
  ) -> ObjectDownload {
    var configuration = ObjectDownload.Configuration(key: key)
    (configuration.rangeSize, configuration.concurrency, configuration.bytes) = (rangeSize, concurrency, bytes)
    return ObjectDownload(
      client: client, destination: destination ?? .file(path: path), configuration: configuration,
      onProgress: onProgress)
  }

  /// Names in the directory, sorted.
  var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() } }

  func content(_ path: String? = nil) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path ?? self.path)))
  }

  func write(_ bytes: [UInt8], to path: String) throws { try Data(bytes).write(to: URL(fileURLWithPath: path)) }

  /// How many requests of each kind the store was asked.
  var counts: [String: Int] { client.requestCounts }
}

extension ObjectKey: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}

struct KeyPair: CredentialsProvider {
  private let value: AWSCredentials

  init(_ id: String, _ secret: String) { value = AWSCredentials(accessKeyID: id, secretAccessKey: secret) }

  func credentials() async throws(CredentialsError) -> AWSCredentials { value }
  func invalidate(_ rejected: AWSCredentials) async {}
}

/// Bytes without a pattern that a wrong offset could hide in.
enum Noise {
  static func bytes(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
    var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
      for index in 0..<count {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        buffer[index] = UInt8(truncatingIfNeeded: state >> 32)
      }
      initialized = count
    }
  }

  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    var checksum = CRC32()
    bytes.withUnsafeBytes { checksum.update($0) }
    return checksum.value
  }
}

extension ObjectDownload {
  /// Starts and waits for the end.
  func run() async -> Result<Downloaded, DownloadFailure> {
    start()
    return await result()
  }
}

extension Result where Failure == DownloadFailure {
  var failure: DownloadFailure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}

extension DownloadFailure {
  /// The name of the case, for comparing.
  var name: String {
    switch self {
    case .store: "store"
    case .canceled: "canceled"
    case .changed: "changed"
    case .checksumMismatch: "checksumMismatch"
    case .exists: "exists"
    case .busy: "busy"
    case .diskFull: "diskFull"
    case .destination: "destination"
    case .tooLarge: "tooLarge"
    }
  }

  var storeError: S3Error? {
    if case .store(let error) = self { error } else { nil }
  }
}
