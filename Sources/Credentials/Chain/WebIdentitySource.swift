// SPDX-License-Identifier: Apache-2.0

import SigV4

/// A role for the bearer of a token in a file, as Kubernetes gives it to a pod: `AWS_WEB_IDENTITY_TOKEN_FILE`,
/// `AWS_ROLE_ARN`, `AWS_ROLE_SESSION_NAME`.
struct WebIdentitySource: CredentialSource {
  let environment: AWSEnvironment
  let tokenService: @Sendable () async throws(CredentialsError) -> SecurityTokenService

  private static let variable = "AWS_WEB_IDENTITY_TOKEN_FILE"

  func look() async throws(CredentialsError) -> SourceAnswer {
    guard let file = environment[WebIdentitySource.variable] else {
      return .absent("\(WebIdentitySource.variable) is not set")
    }
    guard let arn = environment["AWS_ROLE_ARN"] else {
      throw CredentialsError("\(WebIdentitySource.variable) is set, but AWS_ROLE_ARN is not")
    }
    let role = AssumedRole(arn: arn, sessionName: environment["AWS_ROLE_SESSION_NAME"])
    return .found(
      try await WebIdentitySource.credentials(
        role: role, tokenFile: environment.expanded(file), named: WebIdentitySource.variable,
        tokenService: try await tokenService()))
  }

  /// Reads the token anew, since whoever writes the file replaces it, and exchanges it.
  static func credentials(
    role: AssumedRole, tokenFile: String, named name: String, tokenService: SecurityTokenService
  ) async throws(CredentialsError) -> AWSCredentials {
    guard let token = PrintableLine.first(of: try await TokenFile.read(tokenFile, named: name)) else {
      throw CredentialsError("\(name): \(tokenFile) holds no token")
    }
    return try await tokenService.assumeRole(role, webIdentityToken: token)
  }
}
