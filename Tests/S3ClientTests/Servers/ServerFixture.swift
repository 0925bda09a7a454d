// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Logging
import S3Client
import SigV4
import TestSupport

/// A client on a bucket of its own, and the means to check it with another program.
struct ServerFixture {
  static let transport = CurlTransport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

  let kind: StoreKind
  let server: TestServer
  let client: S3Client
  let other: IndependentBucket

  var bucket: String { client.bucket }

  init(_ kind: StoreKind, through transport: any HTTPTransport = transport) async throws {
    self.kind = kind
    let server = try await kind.shared()
    let bucket = try await BlockingWork.run { try server.createBucket() }
    self.server = server
    client = try ServerFixture.client(server, bucket: bucket, through: transport)
    other = IndependentBucket(server, bucket: bucket)
  }

  static func client(
    _ server: TestServer, bucket: String, secret: String? = nil, owner: String? = nil,
    through transport: any HTTPTransport = transport, clock: S3Clock = .system
  ) throws -> S3Client {
    try S3Client(
      configuration: S3Configuration(
        bucket: bucket, region: server.region, endpoint: server.endpoint, expectedBucketOwner: owner),
      credentials: StaticCredentials(
        AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: secret ?? server.secretAccessKey)),
      transport: transport, clock: clock)
  }

  func put(_ key: String, _ body: String) async throws -> WrittenObject {
    try await client.putObject(ObjectKey(key), body: .bytes(Array(body.utf8)), properties: ObjectProperties())
  }
}
