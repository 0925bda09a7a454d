// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import Logging
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
  let other: OtherClient

  /// - Parameter configure: changes the configuration, which has the bucket as its default one.
  init(_ kind: StoreKind, configure: (inout StorageConfiguration) -> Void = { _ in }) async throws {
    let (server, bucket) = try await offThePool {
      let server = try kind.server()
      return (server, try server.createBucket())
    }
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
    other = OtherClient(client: IndependentClient(server), bucket: bucket)
  }

  /// Another Storage with the same bucket and configuration, as another process would have.
  func another(configure: (inout StorageConfiguration) -> Void = { _ in }) -> StorageFixture {
    var configuration = configuration
    configure(&configuration)
    return StorageFixture(kind, server, bucket, configuration)
  }

  /// Another bucket on the same server.
  func makeBucket(versioned: Bool = false) async throws -> String {
    let bucket = try await offThePool { try server.createBucket() }
    if versioned {
      let name = bucket + "-v"
      try await offThePool { try other.client.makeBucket(name, versioned: true) }
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

/// A bucket as boto3 sees it.
struct OtherClient {
  let client: IndependentClient
  let bucket: String

  func put(
    _ key: String, _ body: [UInt8], contentType: String? = nil, metadata: [String: String] = [:],
    in bucket: String? = nil
  ) async throws {
    try await offThePool {
      try client.put(bucket ?? self.bucket, key, body, contentType: contentType, metadata: metadata)
    }
  }

  func put(_ key: String, _ body: String, in bucket: String? = nil) async throws {
    try await put(key, Array(body.utf8), in: bucket)
  }

  func get(_ key: String, in bucket: String? = nil) async throws -> [UInt8] {
    try await offThePool { try client.get(bucket ?? self.bucket, key) }
  }

  func head(
    _ key: String, in bucket: String? = nil, hashing: Bool = false
  ) async throws -> IndependentClient.Head? {
    try await offThePool { try client.head(bucket ?? self.bucket, key, hashing: hashing) }
  }

  func keys(in bucket: String? = nil) async throws -> [String] {
    try await offThePool { try client.list(bucket ?? self.bucket).map(\.key) }
  }

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

/// Bytes that no compression and no repetition can stand for; the same for the same seed.
func sample(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
    for index in 0..<count {
      state ^= state << 13
      state ^= state >> 7
      state ^= state << 17
      buffer[index] = UInt8(truncatingIfNeeded: state >> 24)
    }
    initialized = count
  }
}
