// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Files without a name under `$TMPDIR`.
package enum TemporaryFile {
  /// Opens a new, empty file for reading and writing; it is gone with its last descriptor, which closes on exec.
  ///
  /// - Throws: ``TestSupportError`` when there is no room or no such directory.
  package static func open() throws -> CInt {
    let parent = TemporaryDirectory.parent
    var template = Array("\(parent)/pail-file-XXXXXX".utf8CString)
    let file = mkstemp(&template)
    guard file >= 0 else {
      throw TestSupportError("cannot make a file in \(parent): \(String(cString: strerror(errno)))")
    }
    unlink(template)
    _ = fcntl(file, F_SETFD, FD_CLOEXEC)
    return file
  }
}
