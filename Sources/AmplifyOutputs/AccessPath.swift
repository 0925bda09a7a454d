// SPDX-License-Identifier: Apache-2.0

/// A path of a bucket, as `defineStorage` names it, and who may do what below it.
package struct AccessPath: Sendable, Equatable {
  /// Without the `*` at its end: `images/`, `private/${cognito-identity.amazonaws.com:sub}/`.
  package var prefix: String
  /// By rule key as the file has it: `guest`, `authenticated`, `groupsadmin`, `entityidentity`. `read` stands as `get` and `list`.
  package var rules: [String: Set<StorageAction>]

  package init(prefix: String, rules: [String: Set<StorageAction>]) {
    self.prefix = prefix
    self.rules = rules
  }
}

/// What may be allowed below a path.
package enum StorageAction: String, Sendable, CaseIterable {
  case get, list, write, delete
}
