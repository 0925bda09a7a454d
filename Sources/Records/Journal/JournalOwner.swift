// SPDX-License-Identifier: Apache-2.0
//
// The proof that a process lives: a lock that the kernel takes back from the dead (flock(2)).
//
// For: the journal. State: a descriptor of a file of its own, with its lock. Any thread. What can go wrong: a directory that cannot
// be made or written.

import Glibc
import Locking

final class JournalOwner: Sendable {
  let name: String
  private let path: String
  private let descriptor: Lock<Int32?>

  init(directory: String) throws(RecordError) {
    name = UUIDText.make()
    path = JournalOwner.path(name, directory)
    let file = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0, flock(file, LOCK_EX | LOCK_NB) == 0 else { throw JournalOwner.failure("lock", path, errno) }
    descriptor = Lock(file)
  }

  deinit { release() }

  /// Gives the lock back, and removes its file.
  func release() {
    descriptor.withLock { descriptor in
      guard let file = descriptor else { return }
      descriptor = nil
      unlink(path)
      close(file)
    }
  }

  /// Whether the owner of that name lives; removes what a dead one left.
  static func isAlive(_ name: String, in directory: String) -> Bool {
    let path = path(name, directory)
    let file = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
    // One that cannot be looked at may well live.
    guard file >= 0 else { return errno != ENOENT }
    defer { close(file) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else { return true }
    unlink(path)
    return false
  }

  /// Makes the directory and those above it, this one for the user only.
  static func makeDirectory(_ directory: String) throws(RecordError) {
    var path = directory.hasPrefix("/") ? "" : "."
    for part in directory.split(separator: "/") {
      path += "/" + part
      if mkdir(path, 0o700) != 0 && errno != EEXIST && errno != EROFS && errno != EACCES {
        throw failure("make", path, errno)
      }
    }
    var status = stat()
    guard stat(directory, &status) == 0 else { throw failure("make", directory, errno) }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw failure("use", directory, ENOTDIR) }
    guard status.st_uid == geteuid(), status.st_mode & 0o077 == 0 else {
      throw RecordError(
        .journalFailed, "\(directory) is not this user's own",
        remedy: "Give another directory, or make it private: chmod 700 \(directory)")
    }
  }

  private static func path(_ name: String, _ directory: String) -> String { "\(directory)/owner-\(name)" }

  private static func failure(_ action: String, _ path: String, _ code: Int32) -> RecordError {
    RecordError(.journalFailed, "cannot \(action) \(path): \(String(cString: strerror(code)))")
  }
}
