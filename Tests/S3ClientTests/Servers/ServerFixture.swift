// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Locking
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
  let other: OtherClient

  var bucket: String { client.bucket }

  init(_ kind: ServerKind, through transport: any HTTPTransport = transport) async throws {
    self.kind = kind
    let (server, bucket) = try await offThePool {
      let server = try kind.server()
      return (server, try server.createBucket())
    }
    self.server = server
    client = try ServerFixture.client(server, bucket: bucket, through: transport)
    other = OtherClient(client: IndependentClient(server), bucket: bucket)
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

/// The bucket as boto3 sees it.
struct OtherClient {
  let client: IndependentClient
  let bucket: String

  func get(_ key: String, in bucket: String? = nil) async throws -> [UInt8] {
    try await offThePool { try client.get(bucket ?? self.bucket, key) }
  }

  func head(_ key: String) async throws -> IndependentClient.Head? {
    try await offThePool { try client.head(bucket, key) }
  }

  func list() async throws -> [IndependentClient.Entry] { try await offThePool { try client.list(bucket) } }

  func uploads() async throws -> [IndependentClient.Upload] { try await offThePool { try client.uploads(bucket) } }

  func putMany(prefix: String, count: Int) async throws {
    try await offThePool { try client.putMany(bucket, prefix: prefix, count: count) }
  }
}

/// Runs something that blocks on a thread of its own: the cooperative pool has two here, and requests need them. One at a
/// time, because each starts a program.
func offThePool<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
  try await withCheckedThrowingContinuation { continuation in
    DetachedThread.start { continuation.resume(with: Swift.Result { try turn.withLock { _ in try body() } }) }
  }
}

private let turn = Lock(())
