// SPDX-License-Identifier: Apache-2.0

import SigV4

/// `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_SESSION_TOKEN`.
struct EnvironmentSource: CredentialSource {
  let environment: AWSEnvironment

  func look() async throws(CredentialsError) -> SourceAnswer {
    switch (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) {
    case (.some(let id), .some(let secret)):
      return .found(
        AWSCredentials(accessKeyID: id, secretAccessKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"]))
    case (.none, .none): return .absent("AWS_ACCESS_KEY_ID is not set")
    case (.some, .none): throw CredentialsError("AWS_ACCESS_KEY_ID is set, but AWS_SECRET_ACCESS_KEY is not")
    case (.none, .some): throw CredentialsError("AWS_SECRET_ACCESS_KEY is set, but AWS_ACCESS_KEY_ID is not")
    }
  }
}
