// SPDX-License-Identifier: Apache-2.0
//
// How a name is answered under the access rules of an Amplify project. Pure.
//
// The policies behind such rules let nobody list what is above a path, and a bucket answers 403 for a key that does not exist. So what
// the rules lead through is a directory without asking, and what cannot be asked for is not asked for.

import AmplifyOutputs

enum NameStanding: Equatable {
  /// The bucket is asked, as ever.
  case asked
  /// A directory because the rules name it, or something below it.
  case given
  /// The bucket may not be asked. What is made here is known here.
  case kept
  /// There is nothing for this identity, and the rules do not say that there is anything for others.
  case hidden
  /// For others.
  case refused
}

extension AccessRules {
  /// - Parameter directory: the prefix of the directory that the name is in; empty, or ending in `/`.
  func standing(of name: String, in directory: String) -> NameStanding {
    let key = directory + name
    let isNamed = mentions(key + "/")
    if leads(through: key + "/") { return .given }
    let isListed = allows(.list, directory)
    // A path of others below one that this identity may list: it is seen, and closed.
    if isListed, isNamed { return .given }
    if isListed || allows(.get, key) { return .asked }
    if allows(.write, key) || allows(.delete, key) { return .kept }
    return isNamed || !leads(through: directory) ? .refused : .hidden
  }

  /// Which permission bits may be shown: those that the rules grant. The others would only promise what is refused.
  ///
  /// - Parameter key: of a directory with the `/` at its end.
  func permissionMask(of key: String, isDirectory: Bool) -> UInt32 {
    let changes = allows(.write, key) || isDirectory && allows(.delete, key)
    let reads = isDirectory ? allows(.list, key) || leads(through: key) : allows(.get, key)
    let enters = isDirectory ? reads || changes || allows(.get, key) : reads
    return 0o7000 | (reads ? 0o444 : 0) | (changes ? 0o222 : 0) | (enters ? 0o111 : 0)
  }
}
