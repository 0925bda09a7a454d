// SPDX-License-Identifier: Apache-2.0
//
// The way to one bucket, and whether the store lets us in.
//
// For: ``MountStart``. State: none of its own; the client it makes is used by everything above. Blocks the main thread;
// every step has a limit, and all together stay below the 15 seconds that ``DaemonLauncher`` waits.
// What can go wrong: a store that is away or refuses; each is one MountFailure that says what to do.

import AmplifyOutputs
import Credentials
import HTTPTransport
import Logging
import S3Client

struct StoreConnection: Sendable {
  let plan: BucketPlan
  /// The address that was named; nil for AWS.
  let endpoint: String?
  let region: String
  let client: S3Client
  /// Sends each request once, so that an error comes in time.
  private let probe: S3Client

  /// Seconds for the first answer of the store; connecting takes up to five of them.
  private static let probePatience = 7.0

  init(_ plan: BucketPlan, account: StoreAccount, options: MountOptions, logger: Logger) throws(MountFailure) {
    self.plan = plan
    endpoint = account.settings.endpointURL
    region = try StoreConnection.region(options.region ?? plan.region, account.settings)
    var configuration = S3Configuration(
      bucket: plan.source.bucket, region: region, endpoint: endpoint, addressing: account.settings.addressing.style,
      expectedBucketOwner: options.expectedBucketOwner)
    do throws(S3Error) {
      client = try S3Client(
        configuration: configuration, credentials: account.credentials, transport: account.transport, logger: logger)
      configuration.retry = .none
      probe = try S3Client(
        configuration: configuration, credentials: account.credentials, transport: account.transport, logger: logger)
    } catch {
      throw .usage(error.message)
    }
  }

  /// Asks for the first key of what is mounted, of all buckets at once: what every use of the mount needs, and no other permission;
  /// nothing where the access rules let nobody list. Throws what to do when the store refuses or is silent.
  static func check(_ connections: [StoreConnection]) throws(MountFailure) {
    let errors = Deadline.run(seconds: StoreConnection.probePatience) {
      await withTaskGroup(of: (Int, S3Error?).self) { group in
        for (index, connection) in connections.enumerated() { group.addTask { (index, await connection.refusal()) } }
        return await group.reduce(into: [Int: S3Error]()) { $0[$1.0] = $1.1 }
      }
    }
    for (index, connection) in connections.enumerated() {
      let silence = S3Error(
        code: "TransportError", message: "no answer", operation: "ListObjectsV2", bucket: connection.plan.source.bucket,
        transport: TransportError(.timedOut, "no answer within \(Int(StoreConnection.probePatience)) s"))
      guard let error = errors.map({ $0[index] }) ?? silence else { continue }
      throw StoreFailure.describe(
        error, bucket: connection.plan.source.bucket, endpoint: connection.endpoint, region: connection.region)
    }
  }

  private func refusal() async -> S3Error? {
    guard let prefix = plan.listedPrefix else { return nil }
    do throws(S3Error) {
      _ = try await probe.listObjects(prefix: prefix, maximumKeys: 1)
      return nil
    } catch {
      return error
    }
  }

  /// The address that tells this store from others; nil for AWS' largest partition, where bucket names are unique.
  var identityEndpoint: String? {
    if let endpoint { return endpoint }
    let suffix = AWSPartition.dnsSuffix(ofRegion: region.lowercased())
    return suffix == "amazonaws.com" ? nil : "https://\(suffix)"
  }

  /// What makes two mounts the same to a cache.
  var identity: MountIdentity {
    MountIdentity(endpoint: identityEndpoint, source: plan.source, owner: plan.identityID)
  }

  /// Requests by operation; the probe of the start is counted too.
  var requestCounts: [String: Int] { client.requestCounts.merging(probe.requestCounts, uniquingKeysWith: +) }

  /// A region is part of every signature; stores other than AWS mostly take any.
  private static func region(_ named: String?, _ settings: StoreSettings) throws(MountFailure) -> String {
    if let region = named ?? settings.region { return region }
    guard settings.endpointURL != nil else {
      throw .usage("no region: give --region NAME or set AWS_REGION (for example eu-central-1)")
    }
    return "us-east-1"
  }
}

extension BucketPlan {
  /// A prefix that may be listed: that of the mount, or one below it where the access rules grant that; nil when there is none.
  fileprivate var listedPrefix: String? {
    guard let access else { return source.prefix }
    var unseen = [source.prefix]
    while let prefix = unseen.popLast() {
      if access.allows(.list, prefix) { return prefix }
      unseen += access.leadingNames(in: prefix).map { "\(prefix)\($0)/" }
    }
    return nil
  }
}

extension StoreSettings.Addressing? {
  fileprivate var style: AddressingStyle {
    switch self {
    case .path: .path
    case .virtualHost: .virtualHost
    case .automatic, nil: .automatic
    }
  }
}
