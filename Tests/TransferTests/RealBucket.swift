// SPDX-License-Identifier: Apache-2.0

import Credentials
import HTTPTransport
import Logging
import S3Client
import SigV4
import TestSupport

/// A new bucket on a real server.
struct RealBucket: Sendable {
  static let network = CurlTransport(logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })

  /// The bucket as another program sees it. Starting one takes most of a second, too long for every check.
  let other: IndependentBucket
  private let server: TestServer

  init(_ store: StoreKind) async throws {
    let server = try await store.shared()
    self.server = server
    other = IndependentBucket(server, bucket: try await BlockingWork.run { try server.createBucket() })
  }

  func client(through transport: any HTTPTransport = RealBucket.network) throws -> S3Client {
    try S3Client(
      configuration: S3Configuration(bucket: other.bucket, region: server.region, endpoint: server.endpoint),
      credentials: StaticCredentials(
        AWSCredentials(accessKeyID: server.accessKeyID, secretAccessKey: server.secretAccessKey)),
      transport: transport)
  }
}
