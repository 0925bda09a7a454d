// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Storage
import TestSupport

/// A Storage on a bucket of its own, what it sends, and the bucket as boto3 sees it.
struct StorageFixture {
  let kind: StoreKind
  let server: TestServer
  let bucket: String
  let configuration: StorageConfiguration
  let transport: WatchedTransport
  let storage: Storage
  let other: IndependentBucket

  /// - Parameter configure: changes the configuration, which has the bucket as its default one.
  init(_ kind: StoreKind, configure: (inout StorageConfiguration) -> Void = { _ in }) async throws {
    let server = try await kind.shared()
    let bucket = try await BlockingWork.run { try server.createBucket() }
    var configuration = StorageConfiguration(
      bucket: bucket, region: server.region, endpointURL: server.endpoint, credentials: server.credentials)
    configuration.environment = [:]
    configure(&configuration)
    self.init(kind, server, bucket, configuration)
  }

  private init(_ kind: StoreKind, _ server: TestServer, _ bucket: String, _ configuration: StorageConfiguration) {
    self.kind = kind
    self.server = server
    self.bucket = bucket
    self.configuration = configuration
    transport = WatchedTransport()
    storage = Storage(configuration, transport: transport)
    other = IndependentBucket(server, bucket: bucket)
  }

  /// Another Storage with the same bucket and configuration, as another process would have.
  func another(configure: (inout StorageConfiguration) -> Void = { _ in }) -> StorageFixture {
    var configuration = configuration
    configure(&configuration)
    return StorageFixture(kind, server, bucket, configuration)
  }

  /// Another bucket on the same server.
  func makeBucket(versioned: Bool = false) async throws -> String {
    let bucket = try await BlockingWork.run { try server.createBucket() }
    if versioned {
      let name = bucket + "-v"
      try await other.makeBucket(name, versioned: true)
      return name
    }
    return bucket
  }
}

extension TestServer {
  var credentials: StorageCredentialsSource {
    .static(accessKeyID: accessKeyID, secretAccessKey: secretAccessKey)
  }
}
