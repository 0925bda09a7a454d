// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Finds the one name of a mount point, whether or not its daemon answers.
package enum MountPoint {
  /// The absolute path without symbolic links.
  ///
  /// realpath(3) asks the file system for the attributes of its last component, which a dead mount answers with ENOTCONN
  /// and a stuck one never. This resolves the parent, and the last component only when it is a link, which readlink(2)
  /// tells without a request to the file system mounted there. Throws when the parent does not exist.
  package static func resolve(_ path: String, environment: HostEnvironment) throws(MountFailure) -> String {
    var path = environment.absolute(path)
    for _ in 0..<40 {
      while path.count > 1, path.hasSuffix("/") { path.removeLast() }
      if path.hasSuffix("/.") {
        path.removeLast(2)
        if path.isEmpty { path = "/" }
        continue
      }
      guard path != "/", let slash = path.lastIndex(of: "/") else { return "/" }
      let name = path[path.index(after: slash)...]
      let directory = slash == path.startIndex ? "/" : String(path[..<slash])
      if name == ".." { return try realPath(path) }
      let parent = try realPath(directory)
      path = parent == "/" ? "/\(name)" : "\(parent)/\(name)"
      guard let target = FileContents.linkTarget(path) else { return path }
      path = target.hasPrefix("/") ? target : "\(parent)/\(target)"
    }
    throw .init("\(path): too many symbolic links")
  }

  private static func realPath(_ path: String) throws(MountFailure) -> String {
    guard let resolved = realpath(path, nil) else {
      throw .init("\(path): \(String(cString: strerror(errno)))")
    }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
