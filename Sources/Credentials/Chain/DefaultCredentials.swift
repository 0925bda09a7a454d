// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport
package import SigV4

/// Credentials from where the AWS SDKs take them, kept and refreshed.
///
/// In this order, which is that of the SDKs for Rust and C: environment variables, the profile of the shared files, the
/// web identity of a pod, the agent of a container, the metadata service of an instance. With a profile named by the user
/// only that profile counts.
package struct DefaultCredentials: CredentialsProvider {
  private let cache: RefreshingCredentials

  /// - Parameters:
  ///   - profile: as the user named it (`--profile`), nil otherwise; `AWS_PROFILE` is found in the environment.
  ///   - region: as the user named it, for STS; nil takes it from the environment or the profile.
  ///   - now: seconds since 1970.
  package init(
    profile: String? = nil, region: String? = nil, environment: AWSEnvironment, transport: any HTTPTransport,
    now: @escaping @Sendable () -> Int64
  ) {
    let profileSource = ProfileSource(
      explicitName: profile, region: region, environment: environment, transport: transport, now: now)
    let chain: CredentialChain
    if let profile {
      chain = CredentialChain(
        sources: [profileSource],
        remedy: "add keys, credential_process or role_arn to profile '\(profile)', or name another with --profile")
    } else {
      let tokenService: @Sendable () async throws(CredentialsError) -> SecurityTokenService = {
        () async throws(CredentialsError) -> SecurityTokenService in
        let name = SharedProfile.name(explicit: nil, environment: environment)
        return try profileSource.tokenService(
          SharedProfile(name: name, in: await SharedConfiguration.load(environment)))
      }
      chain = CredentialChain(
        sources: [
          EnvironmentSource(environment: environment), profileSource,
          WebIdentitySource(environment: environment, tokenService: tokenService),
          ContainerCredentials(environment: environment, transport: transport),
          InstanceMetadata(environment: environment, transport: transport),
        ], remedy: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with --profile")
    }
    cache = RefreshingCredentials(now: now) { () async throws(CredentialsError) in try await chain.credentials() }
  }

  package func credentials() async throws(CredentialsError) -> AWSCredentials { try await cache.credentials() }

  package func invalidate(_ rejected: AWSCredentials) async { await cache.invalidate(rejected) }
}
