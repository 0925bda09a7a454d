// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Directories that only one user may enter.
package enum PrivateDirectory {
  /// Makes `path` (absolute) and missing parents, mode 0700, and checks what is there.
  ///
  /// - Parameter purpose: words for the error, "cache directory".
  /// Throws when it cannot be made, is no directory, belongs to somebody else or lets others in.
  package static func make(_ path: String, purpose: String, uid: UInt32) throws(MountFailure) {
    var position = path.startIndex
    while position < path.endIndex {
      position = path[path.index(after: position)...].firstIndex(of: "/") ?? path.endIndex
      let part = String(path[..<position])
      if mkdir(part, 0o700) != 0, errno != EEXIST {
        let reason = errno
        var status = stat()
        // Above a writable directory there may be ones that refuse mkdir, yet exist (EROFS, EACCES).
        guard stat(part, &status) == 0 else {
          throw .init("\(purpose) \(path) cannot be made: \(part): \(String(cString: strerror(reason)))")
        }
      }
      if position == path.endIndex { break }
    }
    try check(path, purpose: purpose, uid: uid)
  }

  static func check(_ path: String, purpose: String, uid: UInt32) throws(MountFailure) {
    var status = stat()
    guard lstat(path, &status) == 0 else {
      throw .init("\(purpose) \(path): \(String(cString: strerror(errno)))")
    }
    if status.st_mode & S_IFMT == S_IFLNK {
      // A link that this user made is a choice; in /tmp it could be somebody else's.
      guard status.st_uid == uid, stat(path, &status) == 0 else {
        throw .init("\(purpose) \(path) is a symbolic link of another user; name a directory of your own")
      }
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .init("\(purpose) \(path) is not a directory") }
    guard status.st_uid == uid else {
      throw .init("\(purpose) \(path) belongs to uid \(status.st_uid), not to you; chown it or name another")
    }
    guard status.st_mode & 0o077 == 0 else {
      let mode = String(status.st_mode & 0o777, radix: 8)
      throw .init("\(purpose) \(path) is open to others (mode \(mode)); run: chmod 700 \(path)")
    }
    guard access(path, W_OK | X_OK) == 0 else {
      throw .init("\(purpose) \(path): \(String(cString: strerror(errno)))")
    }
  }
}
