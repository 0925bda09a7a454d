// SPDX-License-Identifier: Apache-2.0
//
// What the buckets of a mount share: where the store is, who asks, and the connections to it.
//
// For: ``MountStart`` and ``CacheRecovery``. State: none of its own. Blocks the main thread; every step has a limit.
// What can go wrong: a profile that does not exist, no credentials; each is one MountFailure that says what to do.

import Credentials
import Glibc
import HTTPTransport
import Logging

struct StoreAccount: Sendable {
  let settings: StoreSettings
  let transport: any HTTPTransport
  let credentials: any CredentialsProvider
  let plans: [BucketPlan]

  /// Seconds for credentials: a metadata service, an identity pool or an STS call.
  private static let patience = 5.0

  init(options: MountOptions, environment: HostEnvironment, logger: Logger) throws(MountFailure) {
    let aws = AWSEnvironment(variables: environment.variables, homeDirectory: environment.home)
    settings = try StoreAccount.settings(options, aws)
    transport = CurlTransport(
      configuration: CurlTransportConfiguration(
        loops: settings.endpointURL?.hasPrefix("http://") == true ? 1 : 2, connectTimeout: 5,
        caFile: options.caFile.map(environment.absolute)), logger: logger)
    let chain = DefaultCredentials(
      profile: options.profile, region: options.region, environment: aws, transport: transport,
      now: { Int64(time(nil)) })
    if case .bucket(let source) = options.source {
      credentials = chain
      plans = [BucketPlan(source: source)]
      return
    }
    let project = try AmplifyProject(
      file: environment.absolute(options.amplify ?? ""), options: options, environment: aws, transport: transport)
    credentials = project.credentials ?? chain
    plans = try project.plans(for: options.source)
  }

  /// Throws when no credentials can be had, with every place that was asked.
  func check() throws(MountFailure) {
    let answer = Deadline.run(seconds: StoreAccount.patience) { [credentials] in
      do throws(CredentialsError) {
        _ = try await credentials.credentials()
        return MountFailure?.none
      } catch {
        return MountFailure(error.message)
      }
    }
    guard let answer else {
      throw .init(
        "no credentials: the last source did not answer within \(Int(StoreAccount.patience)) s; "
          + "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile")
    }
    if let answer { throw answer }
  }

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
}
