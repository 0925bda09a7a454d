// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Logging
import S3Client
import SigV4
import TestSupport
import Testing

/// The real servers that the operations are tested on.
enum ServerKind: String, CaseIterable, CustomTestStringConvertible {
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

/// A client on a bucket of its own, and the means to check it with another program.
struct ServerFixture {
  static let transport = CurlTransport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

  let kind: ServerKind
  let server: TestServer
  let client: S3Client
  let other: IndependentClient

  var bucket: String { client.bucket }

  init(_ kind: ServerKind, through transport: any HTTPTransport = transport) throws {
    self.kind = kind
    server = try kind.server()
    other = IndependentClient(server)
    client = try ServerFixture.client(server, bucket: server.createBucket(), through: transport)
  }

  static func client(
    _ server: TestServer, bucket: String, secret: String? = nil, owner: String? = nil,
    through transport: any HTTPTransport = transport, clock: S3Clock = .system
  ) throws -> S3Client {
    try S3Client(
      configuration: S3Configuration(
        bucket: bucket, region: server.region, endpoint: server.endpoint, expectedBucketOwner: owner),
      credentials: FixedCredentials(
        AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: secret ?? server.secretAccessKey)),
      transport: transport, clock: clock)
  }

  func put(_ key: String, _ body: String) async throws -> WrittenObject {
    try await client.putObject(ObjectKey(key), body: .bytes(Array(body.utf8)), properties: ObjectProperties())
  }
}

struct FixedCredentials: CredentialsProvider {
  let value: AWSCredentials

  init(_ value: AWSCredentials) { self.value = value }

  func credentials() async throws(CredentialsError) -> AWSCredentials { value }
  func invalidate(_ rejected: AWSCredentials) async {}
}
