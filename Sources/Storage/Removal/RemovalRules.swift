// SPDX-License-Identifier: Apache-2.0

/// What may be removed at one go. Pure.
enum RemovalRules {
  /// - Throws: "InvalidRemovePath" for the whole bucket ("", "/", "*", also with spaces around; amplify-js, validateRemovePath.ts)
  ///   and for a folder without its slash.
  static func check(_ path: String, _ match: RemoveAllOptions.Match) throws(StorageError) {
    var core = path[...]
    while core.last?.isWhitespace == true { core.removeLast() }
    while core.first?.isWhitespace == true { core.removeFirst() }
    if ["", "/", "*"].contains(core) { throw StorageError(.invalidRemovePath, path: path) }
    if match == .folder, path.utf8.last != UInt8(ascii: "/") {
      throw StorageError(
        .invalidRemovePath, message: "\"\(path)\" has no slash at its end: it may be the beginning of other names",
        path: path)
    }
  }
}
