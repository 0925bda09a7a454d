// SPDX-License-Identifier: Apache-2.0

/// A path of the file as it is for one identity: its own folder by name, and what the rules grant its role.
struct ResolvedPath {
  /// The bytes that keys below it begin with.
  let prefix: [UInt8]
  /// Of an own folder: the path of everybody's folders, `private/` of `private/${…:sub}/`.
  let base: [UInt8]?
  var actions: ActionSet

  /// What stands for the identity in generated files, and in `defineStorage`.
  private static let placeholders = ["${cognito-identity.amazonaws.com:sub}", "{entity_id}"]

  /// nil for an own folder when there is no identity.
  init?(_ path: AccessPath, for identity: AccessIdentity) {
    if let placeholder = Self.placeholders.first(where: path.prefix.contains) {
      guard let id = identity.identityID, !id.isEmpty else { return nil }
      prefix = Array(Self.replacing(placeholder, by: id, in: path.prefix).utf8)
      base = Array(Self.replacing(placeholder + "/", by: "", in: path.prefix).utf8)
    } else {
      prefix = Array(path.prefix.utf8)
      base = nil
    }
    actions = identity.role.ruleKeys.reduce(into: []) { $0.formUnion(ActionSet(path.rules[$1] ?? [])) }
  }

  /// The path of everybody's folders, if that is what the rules are about.
  static func folder(of path: AccessPath) -> [UInt8]? {
    placeholders.first(where: path.prefix.contains).map { Array(replacing($0 + "/", by: "", in: path.prefix).utf8) }
  }

  private static func replacing(_ part: String, by other: String, in text: String) -> String {
    text.split(separator: part, omittingEmptySubsequences: false).joined(separator: other)
  }
}

extension AccessIdentity.Role {
  /// The rules that are about this role. Those for identities are part of the role of signed-in users, not of a group's.
  fileprivate var ruleKeys: [String] {
    switch self {
    case .guest: ["guest"]
    case .authenticated: ["authenticated", "entityidentity"]
    case .group(let name): ["groups\(name)"]
    }
  }
}
