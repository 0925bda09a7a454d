// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc

/// The file of a store.
enum SQLiteFile {
  /// Makes an empty file for this user only, unless there is one; SQLite gives its other files the same permissions.
  static func make(_ path: String) throws(RecordError) {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else {
      throw RecordError(.storeFailed, "cannot open \(path): \(String(cString: strerror(errno)))")
    }
    close(file)
  }

  static func absolute(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }
}
