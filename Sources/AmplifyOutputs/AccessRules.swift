// SPDX-License-Identifier: Apache-2.0
//
// What an identity may do in a bucket, by path, as the policies say that `defineStorage` generates from the same rules.
//
// The longest path that a key begins with decides, and decides alone: a role that it does not name has nothing there, whatever
// a shorter path grants, because the policy of that role then has an explicit Deny. With one exception: `private/{entity_id}/*` with
// rules for others becomes two paths, `private/*` and `private/${cognito-identity.amazonaws.com:sub}/*`, without a Deny between
// them, so in the own folder both apply (amplify-backend, storage_access_orchestrator.ts).
//
// For: every operation of a mount, before any request. A value without state, all prepared when it is made: the paths in the
// order of their bytes, each with the next shorter one that it begins with. Of all prefixes of a key that are there, the longest
// is the last path that is not behind the key, or one of those that lead to it; so an answer is a binary search and a few
// steps, without an allocation. Bytes are compared, not characters: to a store "é" in two spellings is two keys.

/// What an identity may do in a bucket, by path.
package struct AccessRules: Sendable, Equatable {
  struct Entry: Sendable, Equatable {
    let prefix: [UInt8]
    let actions: ActionSet
    /// The longest shorter path that this one begins with.
    let parent: Int?
  }

  let entries: [Entry]
  /// Directories of which each identity has a folder of its own, which the rules do not name one by one.
  let folders: [[UInt8]]
  /// Paths that name the role, in the order of their bytes.
  private let granting: [[UInt8]]

  package init(_ paths: [AccessPath], for identity: AccessIdentity) {
    var rules: [[UInt8]: ResolvedPath] = [:]
    for path in paths {
      guard let path = ResolvedPath(path, for: identity) else { continue }
      rules[path.prefix, default: path].actions.formUnion(path.actions)
    }
    var entries: [Entry] = []
    for path in rules.values.sorted(by: { $0.prefix.lexicographicallyPrecedes($1.prefix) }) {
      var parent = entries.indices.last
      while let index = parent, !path.prefix.starts(with: entries[index].prefix) { parent = entries[index].parent }
      var actions = path.actions
      if let parent, let base = path.base, base == entries[parent].prefix { actions.formUnion(entries[parent].actions) }
      entries.append(Entry(prefix: path.prefix, actions: actions, parent: parent))
    }
    self.entries = entries
    folders = paths.compactMap(ResolvedPath.folder(of:))
    granting = entries.map(\.prefix).filter { rules[$0]?.actions.isEmpty == false }
  }

  /// Whether the rules grant an action on a key, or `list` on a prefix.
  ///
  /// - Parameter key: of an object; for `list` a prefix that ends in `/`, or is empty.
  package func allows(_ action: StorageAction, _ key: String) -> Bool {
    var key = key
    return key.withUTF8 { actions(at: $0) }.contains(ActionSet(action))
  }

  /// Names of the directories in `directory` that lead to something that is granted, in order.
  ///
  /// - Parameter directory: a prefix that ends in `/`, or is empty.
  package func leadingNames(in directory: String) -> [String] {
    let directory = Array(directory.utf8)
    var names: [String] = []
    var last: ArraySlice<UInt8>?
    for path in granting[index(of: directory)...] {
      guard path.starts(with: directory) else { break }
      // Paths with the same name follow one another.
      let name = path[directory.count...].prefix { $0 != UInt8(ascii: "/") }
      if name.isEmpty || last == name { continue }
      last = name
      names.append(String(decoding: name, as: UTF8.self))
    }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Whether a directory is on the way to something that is granted, or is itself granted. The root always is.
  ///
  /// - Parameter directory: a prefix that ends in `/`, or is empty.
  package func leads(through directory: String) -> Bool {
    let directory = Array(directory.utf8)
    let index = index(of: directory)
    return directory.isEmpty || index < granting.count && granting[index].starts(with: directory)
  }

  // MARK: Searches

  func actions(at key: UnsafeBufferPointer<UInt8>) -> ActionSet {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if key.lexicographicallyPrecedes(entries[middle].prefix) { high = middle } else { low = middle + 1 }
    }
    var candidate = low == 0 ? nil : low - 1
    while let index = candidate {
      if key.starts(with: entries[index].prefix) { return entries[index].actions }
      candidate = entries[index].parent
    }
    return []
  }

  /// The first granting path that is not before a directory: the first one in it, if there is one.
  private func index(of directory: [UInt8]) -> Int {
    var low = 0
    var high = granting.count
    while low < high {
      let middle = (low + high) / 2
      if granting[middle].lexicographicallyPrecedes(directory) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
