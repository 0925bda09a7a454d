// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What a process is told by its surroundings, read once and passed down: the only place that reads the environment.
package struct HostEnvironment: Sendable {
  package var variables: [String: String]
  /// The home directory; "/" when the user database has none.
  package var home: String
  package var workingDirectory: String
  /// Effective.
  package var uid: UInt32
  package var gid: UInt32

  package init(variables: [String: String], home: String, workingDirectory: String, uid: UInt32, gid: UInt32) {
    self.variables = variables
    self.home = home
    self.workingDirectory = workingDirectory
    self.uid = uid
    self.gid = gid
  }

  package var isRoot: Bool { uid == 0 }

  /// The surroundings of this process. Call it before threads run: environ(7) has no lock.
  package static func current() -> HostEnvironment {
    var variables: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
      let pair = String(cString: text)
      if let equals = pair.firstIndex(of: "=") {
        variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
      }
      entry += 1
    }
    let uid = geteuid()
    var home = variables["HOME"] ?? ""
    if home.isEmpty, let user = getpwuid(uid) { home = String(cString: user.pointee.pw_dir) }
    var directory = "/"
    if let text = getcwd(nil, 0) {
      directory = String(cString: text)
      free(text)
    }
    return HostEnvironment(
      variables: variables, home: home.isEmpty ? "/" : home, workingDirectory: directory, uid: uid, gid: getegid())
  }

  /// `path` from the root, without looking at the disk.
  package func absolute(_ path: String) -> String {
    if path.hasPrefix("/") { return path }
    return workingDirectory == "/" ? "/" + path : workingDirectory + "/" + path
  }
}
