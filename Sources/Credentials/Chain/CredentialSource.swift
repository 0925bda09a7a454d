// SPDX-License-Identifier: Apache-2.0

import SigV4

/// One place where credentials may be. It looks anew each time: files and variables of a container change.
protocol CredentialSource: Sendable {
  /// - Throws: when the place is configured but does not work. The search ends there: to go on and use another identity
  ///   than the one that was configured would hide the mistake.
  func look() async throws(CredentialsError) -> SourceAnswer
}

enum SourceAnswer: Sendable, Equatable {
  case found(AWSCredentials)
  /// Nothing is configured here; a phrase that says what is missing.
  case absent(String)
}
