// SPDX-License-Identifier: Apache-2.0
//
// What a path must be like (Amplify JS, validateStorageOperationInput.ts). Pure but for the question who is signed in.
//
// For: every operation. No state. What can go wrong: a leading slash, which in S3 would be another key than anybody means;
// an empty path; nobody signed in. All else is a key, spaces at its ends and `..` included.

import Credentials
import S3Client

enum PathRules {
  enum Use {
    case object
    /// May be empty: everything.
    case prefix
  }

  static func check(_ path: String, for use: Use) throws(StorageError) {
    if path.isEmpty, use == .object { throw StorageError(.invalidStorageOperationInput) }
    if path.utf8.first == UInt8(ascii: "/") { throw StorageError(.invalidStoragePathInput, path: path) }
  }
}

extension StoragePath {
  /// The key that this path means.
  ///
  /// - Parameter configuration: tells the identity, when the path depends on it.
  func key(
    in configuration: StorageConfiguration, for use: PathRules.Use = .object
  ) async throws(StorageError) -> ObjectKey {
    let path: String
    switch self {
    case .path(let text): path = text
    case .identity(let make): path = make(try await StoragePath.identity(of: configuration))
    }
    try PathRules.check(path, for: use)
    return ObjectKey(path)
  }

  private static func identity(of configuration: StorageConfiguration) async throws(StorageError) -> String {
    let identity: String?
    do {
      identity = try await configuration.identityID?()
    } catch let error as StorageError {
      throw error
    } catch let error as CredentialsError {
      // There may be an identity: a pool did not answer, or the user has signed out.
      throw StorageError(error)
    } catch {
      throw StorageError(.noIdentityID, detail: "\(error)")
    }
    guard let identity, !identity.isEmpty else { throw StorageError(.noIdentityID) }
    return identity
  }
}
