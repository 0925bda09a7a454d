// SPDX-License-Identifier: Apache-2.0
//
// Whether a data file may hold what the bucket lacks, told by the file itself.
//
// For: a row of the index can be lost (SQLite drops the frames of its log behind one that has rotted, and after a power loss
// those that were not synced). A data file without a row must then tell whether it may be deleted. The mark is the owner's write
// permission, which each file system has and one system call changes: 0600 may be dirty, 0400 is clean for sure. A file is marked
// dirty before its row is made, and clean before its row is removed. Where there is a row, the row is right.
// State: none. Calls block for microseconds; any thread. What can go wrong: after a power loss the mark before is back, which
// matters only when the row is gone as well; CacheFile.sync therefore makes a new mark durable with the bytes.

import Glibc
import HTTPTransport

enum DataMark {
  case dirty, clean

  var mode: mode_t { self == .dirty ? 0o600 : 0o400 }

  /// Returns the errno on failure.
  @discardableResult
  func set(_ file: FileDescriptor) -> Int32? { fchmod(file.rawValue, mode) == 0 ? nil : errno }

  /// Returns the errno on failure.
  func set(_ path: String) -> Int32? { chmod(path, mode) == 0 ? nil : errno }

  /// The mark of the file at `path`; `dirty` when it cannot be told.
  init(at path: String) {
    var information = stat()
    self = lstat(path, &information) == 0 ? DataMark(information) : .dirty
  }

  /// The mark of a file of which stat(2) says this.
  init(_ information: stat) { self = information.st_mode & S_IWUSR == 0 ? .clean : .dirty }
}
