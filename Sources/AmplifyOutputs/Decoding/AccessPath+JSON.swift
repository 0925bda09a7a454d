// SPDX-License-Identifier: Apache-2.0

extension AccessPath {
  /// - Parameters:
  ///   - path: a key of `paths`, such as `images/*`.
  ///   - paths: the object that has it.
  init(_ path: String, in paths: JSONObject) throws(AmplifyOutputsError) {
    prefix = try Self.prefix(of: path, in: paths)
    rules = [:]
    let access = try paths.object(path)
    for key in access.keys where Self.isRule(key) {
      var actions: Set<StorageAction> = []
      for (index, word) in try access.texts(key).enumerated() {
        if word == "read" {
          actions.formUnion([.get, .list])
        } else if let action = StorageAction(rawValue: word) {
          actions.insert(action)
        } else {
          throw access.error(
            key, at: index,
            "\(JSONPath.quoted(word)) is no action, expected read, get, list, write or delete; "
              + AmplifyOutputsError.regenerate)
        }
      }
      rules[key] = actions
    }
  }

  /// Rules of functions (`resource`) and those that a later version may add are about nobody who mounts.
  private static func isRule(_ key: String) -> Bool {
    key == "guest" || key == "authenticated" || key.hasPrefix("groups") || key == "entityidentity"
  }

  /// The rules of `defineStorage` for paths, except those about how paths may overlap.
  private static func prefix(of path: String, in paths: JSONObject) throws(AmplifyOutputsError) -> String {
    if path == "*" { return "" }
    let problem: String
    let prefix = path.dropLast()
    if !path.hasSuffix("/*") {
      problem = "a path must end in `/*`"
    } else if path.utf8.first == UInt8(ascii: "/") {
      problem = "a path must not begin with `/`"
    } else if prefix.utf8.contains(UInt8(ascii: "*")) {
      problem = "a path may have a `*` only at its end"
    } else if prefix.contains("//") {
      problem = "a path must not contain `//`"
    } else {
      return String(prefix)
    }
    throw paths.error(path, "\(problem); correct it in defineStorage, or in the file")
  }
}
