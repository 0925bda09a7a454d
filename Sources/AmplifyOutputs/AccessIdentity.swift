// SPDX-License-Identifier: Apache-2.0

/// As whom a bucket is used: the role that the identity pool gives, and the identity itself.
package struct AccessIdentity: Sendable, Equatable {
  package enum Role: Sendable, Equatable {
    case guest
    case authenticated
    /// A member of a group has the rules of that group only.
    case group(String)
  }

  package var role: Role
  /// For example `eu-west-1:3a…`; stands for `${cognito-identity.amazonaws.com:sub}` in paths.
  package var identityID: String?

  package init(role: Role, identityID: String?) {
    self.role = role
    self.identityID = identityID
  }
}
