// SPDX-License-Identifier: Apache-2.0

/// What an identity may do in a bucket, by path.
package struct AccessRules: Sendable, Equatable {
  package init(_ paths: [AccessPath], for identity: AccessIdentity) {}

  /// Whether the rules grant an action on a key, or `list` on a prefix.
  ///
  /// - Parameter key: of an object; for `list` a prefix that ends in `/`, or is empty.
  package func allows(_ action: StorageAction, _ key: String) -> Bool { false }

  /// Names of the directories in `directory` that lead to something that is granted, in order.
  ///
  /// - Parameter directory: a prefix that ends in `/`, or is empty.
  package func leadingNames(in directory: String) -> [String] { [] }
}
