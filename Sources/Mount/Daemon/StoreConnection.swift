// SPDX-License-Identifier: Apache-2.0
//
// The way to the store: where it is, who asks, and whether it lets us in.
//
// For: ``MountStart``. State: none of its own; the client it makes is used by everything above. Blocks the main thread;
// every step has a limit, and all together stay below the 15 seconds that ``DaemonLauncher`` waits.
// What can go wrong: a profile that does not exist, no credentials, a store that is away or refuses; each is one
// MountFailure that says what to do.

import Credentials
import Glibc
import HTTPTransport
import Logging
import S3Client
import SigV4

struct StoreConnection: Sendable {
  /// The address that was named; nil for AWS.
  let endpoint: String?
  let region: String
  let client: S3Client

  private let source: MountSource
  private let credentials: DefaultCredentials
  /// Sends each request once, so that an error comes in time.
  private let probe: S3Client

  /// Seconds for credentials: a metadata service or an STS call.
  private static let credentialsPatience = 5.0
  /// Seconds for the first answer of the store; connecting takes up to five of them.
  private static let probePatience = 7.0

  init(options: MountOptions, environment: HostEnvironment, logger: Logger) throws(MountFailure) {
    let aws = AWSEnvironment(variables: environment.variables, homeDirectory: environment.home)
    let settings = try StoreConnection.settings(options, aws)
    source = options.source
    endpoint = settings.endpointURL
    region = try StoreConnection.region(settings)
    let transport = CurlTransport(
      configuration: CurlTransportConfiguration(
        loops: endpoint?.hasPrefix("http://") == true ? 1 : 2, connectTimeout: 5,
        caFile: options.caFile.map(environment.absolute)), logger: logger)
    credentials = DefaultCredentials(
      profile: options.profile, region: options.region, environment: aws, transport: transport,
      now: { Int64(time(nil)) })
    var configuration = S3Configuration(
      bucket: options.source.bucket, region: region, endpoint: endpoint, addressing: settings.addressing.style,
      expectedBucketOwner: options.expectedBucketOwner)
    do throws(S3Error) {
      client = try S3Client(
        configuration: configuration, credentials: credentials, transport: transport, logger: logger)
      configuration.retry = .none
      probe = try S3Client(configuration: configuration, credentials: credentials, transport: transport, logger: logger)
    } catch {
      throw .usage(error.message)
    }
  }

  /// Throws when no credentials can be had, with every place that was asked.
  func checkCredentials() throws(MountFailure) {
    let answer = Deadline.run(seconds: StoreConnection.credentialsPatience) { [credentials] in
      do throws(CredentialsError) {
        _ = try await credentials.credentials()
        return MountFailure?.none
      } catch {
        return MountFailure(error.message)
      }
    }
    guard let answer else {
      throw .init(
        "no credentials: the last source did not answer within \(Int(StoreConnection.credentialsPatience)) s; "
          + "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile")
    }
    if let answer { throw answer }
  }

  /// Asks for the first key under the prefix: what every use of the mount needs, and no other permission. Throws what to
  /// do when the store refuses or is silent.
  func checkBucket() throws(MountFailure) {
    let answer = Deadline.run(seconds: StoreConnection.probePatience) { [probe, source] in
      do throws(S3Error) {
        _ = try await probe.listObjects(prefix: source.prefix, maximumKeys: 1)
        return S3Error?.none
      } catch {
        return error
      }
    }
    let silence = S3Error(
      code: "TransportError", message: "no answer", operation: "ListObjectsV2", bucket: source.bucket,
      transport: TransportError(.timedOut, "no answer within \(Int(StoreConnection.probePatience)) s"))
    guard let error = answer ?? silence else { return }
    throw StoreFailure.describe(error, bucket: source.bucket, endpoint: endpoint, region: region)
  }

  /// The address that tells this store from others; nil for AWS' largest partition, where bucket names are unique.
  var identityEndpoint: String? {
    if let endpoint { return endpoint }
    let suffix = AWSPartition.dnsSuffix(ofRegion: region.lowercased())
    return suffix == "amazonaws.com" ? nil : "https://\(suffix)"
  }

  /// Requests by operation; the probe of the start is counted too.
  var requestCounts: [String: Int] { client.requestCounts.merging(probe.requestCounts, uniquingKeysWith: +) }

  // MARK: Where the store is

  private static func settings(_ options: MountOptions, _ environment: AWSEnvironment) throws(MountFailure)
    -> StoreSettings
  {
    let named = StoreSettings(
      region: options.region, endpointURL: options.endpoint,
      addressing: options.addressing == .auto ? nil : StoreSettings.Addressing(rawValue: options.addressing.rawValue))
    let profile = Deadline.run(seconds: 2) { () -> Result<SharedProfile, CredentialsError> in
      do throws(CredentialsError) {
        return .success(try await SharedProfile.load(explicit: options.profile, environment: environment))
      } catch {
        return .failure(error)
      }
    }
    do throws(CredentialsError) {
      return StoreSettings.resolve(options: named, environment: environment, profile: try profile?.get())
    } catch {
      throw .init(error.message)
    }
  }

  /// A region is part of every signature; stores other than AWS mostly take any.
  private static func region(_ settings: StoreSettings) throws(MountFailure) -> String {
    if let region = settings.region { return region }
    guard settings.endpointURL != nil else {
      throw .usage("no region: give --region NAME or set AWS_REGION (for example eu-central-1)")
    }
    return "us-east-1"
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
