// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client
import TestSupport

/// A client on a bucket in memory.
struct MemoryStore {
  let transport: MemoryS3Transport
  let client: S3Client

  init(_ capabilities: MemoryCapabilities = MemoryCapabilities()) throws {
    transport = MemoryS3Transport(MemoryBucket(name: "bkt", capabilities: capabilities))
    client = try MemoryStore.client(transport)
  }

  static func client(
    _ transport: MemoryS3Transport, bucket: String = "bkt", owner: String? = nil, addressing: AddressingStyle = .path
  ) throws -> S3Client {
    try S3Client(
      configuration: S3Configuration(
        bucket: bucket, region: "us-east-1", endpoint: "http://memory.test", addressing: addressing,
        expectedBucketOwner: owner),
      credentials: RotatingCredentials(), transport: transport, clock: TestClock().clock)
  }

  @discardableResult
  func put(_ key: ObjectKey, _ body: String) async throws(S3Error) -> WrittenObject {
    try await client.putObject(key, body: .bytes(Array(body.utf8)), properties: ObjectProperties())
  }
}
