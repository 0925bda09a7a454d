// SPDX-License-Identifier: Apache-2.0

import Credentials
import Foundation
import HTTPTransport
import Logging
import S3Client
import SigV4
import TestSupport
import Transfer

/// A client on a bucket of its own, whose requests a test can meddle with, and a directory.
struct StoreFixture {
  static let network = CurlTransport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

  let directory: TemporaryDirectory
  let transport = InterceptingTransport(StoreFixture.network)
  let client: S3Client
  let other: IndependentClient
  let bucket: String

  init(_ store: StoreKind) async throws {
    directory = try TemporaryDirectory("transfer")
    let (server, bucket) = try await BlockingWork.run {
      let server = try store.server()
      return (server, try server.createBucket())
    }
    self.bucket = bucket
    other = IndependentClient(server)
    client = try S3Client(
      configuration: S3Configuration(bucket: bucket, region: server.region, endpoint: server.endpoint),
      credentials: StaticCredentials(
        AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)),
      transport: transport)
  }

  /// Makes an object whose checksum the store knows.
  @discardableResult
  func put(_ key: ObjectKey, _ bytes: [UInt8]) async throws -> WrittenObject {
    try await client.putObject(
      key, body: .bytes(bytes), properties: ObjectProperties(contentType: "text/x-test"), crc32: Noise.crc32(bytes))
  }

  /// Where a download goes unless it is said otherwise.
  var path: String { directory.path("file") }

  /// Names in the directory, sorted.
  var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() } }

  func content(_ path: String? = nil) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: path ?? self.path)))
  }

  func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path))
  }

  /// How many requests of each kind the store was asked.
  var counts: [String: Int] { client.requestCounts }
}

extension ObjectKey: ExpressibleByStringLiteral {
  package init(stringLiteral value: String) { self.init(value) }
}
