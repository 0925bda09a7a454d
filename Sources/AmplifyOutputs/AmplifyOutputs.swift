// SPDX-License-Identifier: Apache-2.0

/// What `amplify_outputs.json` says of a project: who may sign in, its buckets with their access rules, its data service.
package struct AmplifyOutputs: Sendable, Equatable {
  /// For example `1.4`.
  package var version: String
  package var auth: Auth?
  package var storage: Storage?
  package var data: Data?

  /// The user pool and the identity pool of a project.
  package struct Auth: Sendable, Equatable {
    package var region: String
    package var userPoolID: String
    package var userPoolClientID: String
    package var identityPoolID: String?
    /// Whether somebody who has not signed in gets credentials (`unauthenticated_identities_enabled`).
    package var allowsGuests: Bool
    /// Those who sign in belong to some of these.
    package var groups: [Group]
  }

  /// A group of users. Of two groups the one with the lower precedence counts.
  package struct Group: Sendable, Equatable {
    package var name: String
    package var precedence: Int
  }

  /// The buckets of a project.
  package struct Storage: Sendable, Equatable {
    /// At least one. A file of version 1 names one bucket only, which then has its own name as friendly name.
    package var buckets: [Bucket]
    /// The friendly name of the bucket that counts when none is named.
    package var defaultBucket: String
  }

  /// A bucket with the paths that its access rules name.
  package struct Bucket: Sendable, Equatable {
    /// How the project calls it, for example `gallery`.
    package var name: String
    /// How the store calls it.
    package var bucketName: String
    package var region: String
    /// nil when the file says nothing of access (versions before 1.2).
    package var paths: [AccessPath]?
  }
}
