// SPDX-License-Identifier: Apache-2.0

import AmplifyOutputs
import Credentials
import HTTPTransport
import S3Client
import SigV4

extension StorageConfiguration {
  /// Credentials of the project's identity pool. Of a configuration that cannot work, the first request has the error.
  func cognitoCredentials(
    _ user: StorageUser, transport: any HTTPTransport, clock: S3Clock
  ) -> any CredentialsProvider {
    do throws(CredentialsError) {
      guard let auth else {
        throw CredentialsError(
          "there is no user pool: the configuration is not from an amplify_outputs.json with `auth`; add defineAuth to the "
            + "project, and write the file again with `npx ampx generate outputs`")
      }
      let access: CognitoAccess =
        switch user {
        case .automatic: .automatic
        case .signedIn: .signedIn
        case .guest: .guest
        }
      return CognitoCredentials(
        settings: try CognitoSettings(auth: auth, environment: awsEnvironment), access: access, transport: transport,
        now: clock.now)
    } catch {
      return NoCredentials(error: error)
    }
  }

  /// The same, with the identity that Cognito knows, unless there is another source of it.
  func tellingIdentity(of provider: any CredentialsProvider) -> StorageConfiguration {
    guard case .cognito = credentials, identityID == nil else { return self }
    var configuration = self
    configuration.identityID = {
      if let cognito = provider as? CognitoCredentials { return try await cognito.identity().identityID }
      // Says why there is none.
      _ = try await provider.credentials()
      return nil
    }
    return configuration
  }
}

/// Credentials that nobody can have.
private struct NoCredentials: CredentialsProvider {
  let error: CredentialsError

  func credentials() async throws(CredentialsError) -> AWSCredentials { throw error }
  func invalidate(_ rejected: AWSCredentials) async {}
}
