// SPDX-License-Identifier: Apache-2.0

/// The path of an object in its bucket: its key, which begins with no slash.
///
/// A string literal is a path. Nothing is trimmed or normalised: `a//b`, `a/../b` and ` a ` are keys like any other.
public enum StoragePath: Sendable {
  case path(String)
  /// Made from the identity that ``StorageConfiguration/identityID`` tells: `.identity { "album/\($0)/1.jpg" }`.
  case identity(@Sendable (_ identityID: String) -> String)
}

extension StoragePath: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  public init(stringLiteral path: String) { self = .path(path) }
}
