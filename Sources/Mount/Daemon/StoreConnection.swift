// SPDX-License-Identifier: Apache-2.0
//
// The way to the store: settings from options, environment and profile; credentials; transport; client.
//
// For: the checks before a mount and everything after. State: what it is made of, each with its own rules. The checks block
// the thread that starts the mount and have a time limit each, so that a mount that cannot be says so within 15 seconds.

import Credentials
import Glibc
import HTTPTransport
import Logging
import S3Client

struct StoreConnection: Sendable {
  let endpoint: String?
  let region: String
  /// What the file system and the cache use.
  let client: S3Client
  private let credentials: DefaultCredentials
  private let probeClient: S3Client
  private let prefix: String

  /// Seconds that each check may take.
  private static let checkTimeout = 6.0

  /// Throws for settings that cannot be, or a region that nobody names.
  init(options: MountOptions, environment: HostEnvironment, logger: Logger) throws(MountFailure) {
    let aws = AWSEnvironment(variables: environment.variables, homeDirectory: environment.home)
    let profile = try StoreConnection.profile(options, aws)
    let settings = StoreSettings.resolve(
      options: StoreSettings(
        region: options.region, endpointURL: options.endpoint, addressing: StoreSettings.Addressing(options.addressing)),
      environment: aws, profile: profile)
    endpoint = settings.endpointURL
    guard let region = settings.region ?? (settings.endpointURL == nil ? nil : "us-east-1") else {
      throw .init("no region; give --region, or set AWS_REGION or the profile's region")
    }
    self.region = region
    prefix = options.source.prefix

    let transport = CurlTransport(configuration: CurlTransportConfiguration(caFile: options.caFile), logger: logger)
    credentials = DefaultCredentials(
      profile: options.profile, region: region, environment: aws, transport: transport, now: { Int64(time(nil)) })
    var configuration = S3Configuration(
      bucket: options.source.bucket, region: region, endpoint: endpoint,
      addressing: AddressingStyle(settings.addressing), expectedBucketOwner: options.expectedBucketOwner)
    do throws(S3Error) {
      client = try S3Client(configuration: configuration, credentials: credentials, transport: transport, logger: logger)
      configuration.retry = .none
      probeClient = try S3Client(
        configuration: configuration, credentials: credentials, transport: transport, logger: logger)
    } catch {
      throw .init(error.message)
    }
  }

  private static func profile(_ options: MountOptions, _ aws: AWSEnvironment) throws(MountFailure) -> SharedProfile {
    let result = BlockingBridge.wait(timeout: checkTimeout) { () async -> Result<SharedProfile, CredentialsError> in
      do throws(CredentialsError) {
        return .success(try await SharedProfile.load(explicit: options.profile, environment: aws))
      } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let profile): return profile
    case .failure(let error): throw .init(error.message)
    case nil: throw .init("the AWS configuration files cannot be read; check the disk that holds ~/.aws")
    }
  }

  /// Throws when there are no credentials to be had.
  func checkCredentials() throws(MountFailure) {
    let outcome = BlockingBridge.wait(timeout: StoreConnection.checkTimeout) { [credentials] () async -> MountFailure? in
      do throws(CredentialsError) {
        _ = try await credentials.credentials()
        return nil
      } catch {
        return MountFailure(error.message)
      }
    }
    switch outcome {
    case .some(.some(let failure)): throw failure
    case .some(.none): return
    case .none:
      throw .init("the credentials did not come in time; check credential_process or the metadata service")
    }
  }

  /// Asks the store for one key of the bucket: needs the same permission as a directory listing, unlike HeadBucket.
  func probe() throws(MountFailure) {
    let (bucket, endpoint, region, prefix) = (client.bucket, endpoint, region, prefix)
    let outcome = BlockingBridge.wait(timeout: StoreConnection.checkTimeout) { [probeClient] () async -> MountFailure? in
      do throws(S3Error) {
        _ = try await probeClient.listObjects(prefix: prefix, delimiter: "/", maximumKeys: 1)
        return nil
      } catch {
        return StoreFailure.describe(error, bucket: bucket, endpoint: endpoint, region: region)
      }
    }
    switch outcome {
    case .some(.some(let failure)): throw failure
    case .some(.none): return
    case .none: throw .init("\(endpoint ?? "the store") does not answer; check --endpoint and the network")
    }
  }

  /// Requests since the mount, by operation.
  var requestCounts: [String: Int] { client.requestCounts }
}

extension StoreSettings.Addressing {
  /// Nil where the user leaves the choice.
  fileprivate init?(_ option: AddressingOption) {
    switch option {
    case .auto: return nil
    case .path: self = .path
    case .virtual: self = .virtualHost
    }
  }
}

extension AddressingStyle {
  fileprivate init(_ setting: StoreSettings.Addressing?) {
    self =
      switch setting {
      case .path: .path
      case .virtualHost: .virtualHost
      case .automatic, nil: .automatic
      }
  }
}
