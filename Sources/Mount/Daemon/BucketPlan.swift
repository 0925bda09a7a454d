// SPDX-License-Identifier: Apache-2.0

import AmplifyOutputs

/// One of the buckets that a mount is to serve.
struct BucketPlan: Sendable {
  /// How the project calls it; nil for a mount that names the bucket itself.
  var name: String?
  var source: MountSource
  /// Of the bucket, as far as the project says so.
  var region: String?
  /// What the identity may do; nil lets the store alone judge.
  var access: AccessRules?
  /// Of Cognito: what waits for its upload is hers, and nobody else sees it.
  var identityID: String?
  /// Whether it is the one of a project that operations mean which name none.
  var isDefault = false
}
