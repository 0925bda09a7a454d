// SPDX-License-Identifier: Apache-2.0

import Credentials
import FoundationEssentials
import HTTPTransport
import S3Client
import SigV4

extension StorageCredentialsSource {
  /// The provider that signs requests.
  func provider(
    for configuration: StorageConfiguration, transport: any HTTPTransport, clock: S3Clock
  ) -> any CredentialsProvider {
    switch self {
    case .environment:
      return DefaultCredentials(
        profile: configuration.profile, environment: configuration.awsEnvironment, transport: transport, now: clock.now)
    case .static(let credentials):
      return RefreshingCredentials(now: clock.now) { () async throws(CredentialsError) in try credentials.checked() }
    case .provider(let provide):
      return RefreshingCredentials(now: clock.now) { () async throws(CredentialsError) in
        let credentials: StorageCredentials
        do {
          credentials = try await provide()
        } catch {
          throw CredentialsError("the credentials provider failed: \(error)", isTransient: false)
        }
        return try credentials.checked()
      }
    case .cognito(let user): return configuration.cognitoCredentials(user, transport: transport, clock: clock)
    }
  }
}

extension StorageCredentials {
  fileprivate func checked() throws(CredentialsError) -> AWSCredentials {
    guard !accessKeyID.isEmpty, !secretAccessKey.isEmpty else {
      throw CredentialsError(StorageErrorName.noCredentials.message)
    }
    return AWSCredentials(
      accessKeyID: accessKeyID, secretAccessKey: secretAccessKey, sessionToken: sessionToken,
      expiration: expiration.map { Int64($0.timeIntervalSince1970.rounded(.down)) })
  }
}
