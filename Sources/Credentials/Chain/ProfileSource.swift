// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import SigV4

/// A profile of the shared files.
struct ProfileSource: CredentialSource {
  /// As the user named it; nil takes `AWS_PROFILE`, then `default`.
  let explicitName: String?
  /// From the options; before that of the environment and the profile.
  let region: String?
  let environment: AWSEnvironment
  let transport: any HTTPTransport
  let now: @Sendable () -> Int64

  func look() async throws(CredentialsError) -> SourceAnswer {
    let name = SharedProfile.name(explicit: explicitName, environment: environment)
    let configuration = await SharedConfiguration.load(environment)
    let problems = configuration.problems.isEmpty ? "" : " (\(configuration.problems.joined(separator: "; ")))"
    if name == "default" && configuration.profiles[name] == nil {
      return .absent("there is no default profile\(problems)")
    }
    guard let plan = try ProfilePlan(profile: name, in: configuration) else {
      return .absent("profile '\(name)' has no credentials\(problems)")
    }
    let service = try tokenService(SharedProfile(name: name, in: configuration))
    return .found(try await carryOut(plan, service))
  }

  /// STS as the profile, the environment and the options have it.
  func tokenService(_ profile: SharedProfile) throws(CredentialsError) -> SecurityTokenService {
    let settings = StoreSettings.resolve(
      options: StoreSettings(region: region), environment: environment, profile: profile)
    return try SecurityTokenService(
      region: settings.region, endpoint: StoreSettings.stsEndpoint(environment: environment, profile: profile),
      transport: transport, now: now)
  }

  private func carryOut(
    _ plan: ProfilePlan, _ service: SecurityTokenService
  ) async throws(CredentialsError) -> AWSCredentials {
    switch plan {
    case .fixed(let credentials): return credentials
    case .process(let commandLine, let profile):
      return try await CredentialProcess(commandLine: commandLine, profile: profile, environment: environment)
        .credentials()
    case .webIdentity(let role, let file):
      return try await WebIdentitySource.credentials(
        role: role, tokenFile: environment.expanded(file), named: "web_identity_token_file", tokenService: service)
    case .assume(let role, let source):
      return try await service.assumeRole(role, with: try await carryOut(source, service))
    case .environment: return try await found(EnvironmentSource(environment: environment))
    case .container: return try await found(ContainerCredentials(environment: environment, transport: transport))
    case .instance: return try await found(InstanceMetadata(environment: environment, transport: transport))
    }
  }

  private func found(_ source: any CredentialSource) async throws(CredentialsError) -> AWSCredentials {
    switch try await source.look() {
    case .found(let credentials): return credentials
    case .absent(let reason): throw CredentialsError("credential_source: \(reason)", isTransient: true)
    }
  }
}
