// SPDX-License-Identifier: Apache-2.0

/// As whom the buckets of an Amplify project are used.
///
/// Who has signed in on this machine, with `pail auth sign-in`, is kept below `$XDG_STATE_HOME/pail`.
public enum StorageUser: Sendable, Hashable {
  /// Whoever has signed in; when nobody has, a guest, where the project has guests.
  case automatic
  /// Whoever has signed in; without, every operation fails with "NoCredentials".
  case signedIn
  /// A guest, whoever has signed in.
  case guest
}
