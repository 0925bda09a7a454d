// SPDX-License-Identifier: Apache-2.0

/// As whom requests are made: an identity of the identity pool.
package struct CognitoIdentity: Sendable, Equatable {
  /// For example `eu-west-1:3a…`.
  package let identityID: String
  /// nil for a guest.
  package let user: CognitoUser?
}

/// Whose credentials to take.
package enum CognitoAccess: Sendable {
  /// The signed-in user's; without one a guest's, where the project allows guests.
  case automatic
  case signedIn
  case guest
}
