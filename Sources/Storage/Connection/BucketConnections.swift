// SPDX-License-Identifier: Apache-2.0
//
// The clients of a Storage: one transport, one set of credentials, and a client for each bucket in use.
//
// For: every operation. State: the clients and whether it was closed, behind a lock held for microseconds; where the store is,
// once that was asked. Any task may call. What can go wrong: a configuration that cannot work, told by name before any
// request. Memory: clients are small, and there are ``limit`` at most; more buckets than that are connected anew.

import Credentials
import HTTPTransport
import Locking
import Logging
import S3Client
import Transfer

final class BucketConnections: Sendable {
  /// What tells one client from another.
  struct Key: Hashable {
    var bucket: String
    var region: String
    var expectedBucketOwner: String?
    var usesAcceleration: Bool
  }

  private struct State {
    var connections: [Key: BucketConnection] = [:]
    var location: StoreLocation?
    var isClosed = false
  }

  static let limit = 64

  let configuration: StorageConfiguration
  let clock: S3Clock
  private let transport: any HTTPTransport
  private let credentials: any CredentialsProvider
  private let logger: Logger
  private let state = Lock(State())

  init(_ configuration: StorageConfiguration, transport: (any HTTPTransport)?, clock: S3Clock) {
    let logger = configuration.logger ?? Logger(label: "pail.storage") { _ in SwiftLogNoOpLogHandler() }
    let transport =
      transport
      ?? CurlTransport(
        configuration: CurlTransportConfiguration(
          loops: configuration.endpointURL?.hasPrefix("http://") == true ? 1 : 2, caFile: configuration.caFile),
        logger: logger)
    self.transport = transport
    self.logger = logger
    self.clock = clock
    credentials = configuration.credentials.provider(for: configuration, transport: transport, clock: clock)
    self.configuration = configuration.tellingIdentity(of: credentials)
  }

  /// The client for a bucket.
  ///
  /// - Parameters:
  ///   - option: as an operation names it; nil for the default bucket.
  ///   - owner: 12 digits.
  /// - Throws: "NoBucket", "NoRegion", "InvalidStorageBucket", "InvalidAWSAccountID", "InvalidCustomEndpoint",
  ///   "DnsIncompatibleBucketName", "ForcePathStyleEndpointNotSupported", "StorageIsClosed".
  func connection(
    to option: StorageBucket?, owner: String? = nil, accelerated: Bool = false
  ) async throws(StorageError) -> BucketConnection {
    let bucket = try configuration.bucket(option)
    let location = try await location()
    guard let region = bucket.region ?? location.region, !region.isEmpty else { throw StorageError(.noRegion) }
    let key = Key(bucket: bucket.name, region: region, expectedBucketOwner: owner, usesAcceleration: accelerated)
    if let known = try state.withLock({ (state) throws(StorageError) in
      if state.isClosed { throw StorageError(.storageIsClosed) }
      return state.connections[key]
    }) {
      return known
    }
    let made = try connect(key, at: location)
    return state.withLock { state in
      if let other = state.connections[key] { return other }
      if state.connections.count >= BucketConnections.limit, let some = state.connections.keys.first {
        state.connections[some] = nil
      }
      state.connections[key] = made
      return made
    }
  }

  /// Refuses further operations.
  func refuse() {
    state.withLock { state in
      state.isClosed = true
      state.connections = [:]
    }
  }

  /// Ends what is under way; returns when the network threads are gone.
  func close() async {
    refuse()
    if let transport = transport as? CurlTransport { await ThreadPool.disk.run { transport.shutdown() } }
  }

  private func location() async throws(StorageError) -> StoreLocation {
    if let known = state.withLock({ $0.location }) { return known }
    let location = try await StoreLocation.resolve(configuration)
    state.withLock { $0.location = location }
    return location
  }

  private func connect(_ key: Key, at location: StoreLocation) throws(StorageError) -> BucketConnection {
    let s3 = S3Configuration(
      bucket: key.bucket, region: key.region, endpoint: location.endpoint, addressing: location.addressing,
      usesAcceleration: key.usesAcceleration, expectedBucketOwner: key.expectedBucketOwner)
    // Once for its errors, which say what is wrong; those of the client only say that something is.
    do throws(ConfigurationError) { _ = try Endpoint(s3) } catch { throw StorageError(error) }
    do throws(S3Error) {
      let client = try S3Client(
        configuration: s3, credentials: credentials, transport: transport, logger: logger, clock: clock)
      return BucketConnection(client: client, capabilities: StoreCapabilities())
    } catch {
      throw StorageError(error)
    }
  }
}

/// A client, and what was found out about its store.
struct BucketConnection: Sendable {
  let client: S3Client
  let capabilities: StoreCapabilities
}
