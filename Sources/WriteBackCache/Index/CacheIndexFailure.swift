// SPDX-License-Identifier: Apache-2.0

import GRDB
import GRDBSQLite
private import Glibc

/// Why the index could not be read or written.
package struct CacheIndexFailure: Error, Sendable, CustomStringConvertible {
  /// SQLite says that the file is damaged, or no database.
  package let isDamaged: Bool
  /// The errno that fits best; ENOSPC for a full disk.
  package let code: Int32
  /// One line: what was tried, the cause, the remedy.
  package let description: String

  private init(code: Int32, line: String) {
    isDamaged = false
    self.code = code
    description = line
  }

  /// A failed system call.
  ///
  /// - Parameter action: what was tried: "open", "write to", …
  init(code: Int32, action: String, path: String) {
    self.init(
      code: code,
      line: "cannot \(action) the cache index \(path): \(LocalError.text(code)); \(LocalError.remedy(code))")
  }

  /// Nothing was tried.
  ///
  /// - Parameter reason: one line with cause and remedy.
  init(refused reason: String) { self.init(code: EINVAL, line: reason) }

  /// What is in the file is not what an index is.
  init(damaged cause: String, action: String, path: String) {
    isDamaged = true
    code = EIO
    description =
      "cannot \(action) the cache index \(path): \(cause); unmount and mount again, which sets it aside and keeps all bytes"
  }

  /// What SQLite said.
  ///
  /// - Parameter systemCode: the errno behind it (sqlite3_system_errno); 0 when there is none.
  init(_ error: any Error, systemCode: Int32, action: String, path: String) {
    guard let error = error as? DatabaseError else {
      self.init(code: EIO, action: action, path: path)
      return
    }
    switch error.resultCode {
    case .SQLITE_CORRUPT, .SQLITE_NOTADB:
      self.init(damaged: error.message ?? "it is damaged", action: action, path: path)
    case .SQLITE_BUSY, .SQLITE_LOCKED:
      self.init(
        code: EBUSY,
        line: "cannot \(action) the cache index \(path): another program has it open; close that program")
    case .SQLITE_FULL: self.init(code: ENOSPC, action: action, path: path)
    case .SQLITE_NOMEM: self.init(code: ENOMEM, action: action, path: path)
    case .SQLITE_READONLY, .SQLITE_PERM: self.init(code: EROFS, action: action, path: path)
    case .SQLITE_IOERR, .SQLITE_CANTOPEN:
      self.init(code: systemCode == 0 ? EIO : systemCode, action: action, path: path)
    default:
      self.init(
        code: EIO,
        line: "cannot \(action) the cache index \(path): \(error.message ?? "unknown error") "
          + "(SQLite \(error.extendedResultCode.rawValue)); please report this")
    }
  }
}
