// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import S3Client
import TestSupport
import Transfer

/// A client on a bucket of its own, whose requests a test can meddle with, and a directory.
struct StoreFixture {
  let directory: TemporaryDirectory
  let transport = InterceptingTransport(RealBucket.network)
  let client: S3Client
  let other: IndependentBucket

  init(_ store: StoreKind) async throws {
    directory = try TemporaryDirectory("transfer")
    let bucket = try await RealBucket(store)
    other = bucket.other
    client = try bucket.client(through: transport)
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
