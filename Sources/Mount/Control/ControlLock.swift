// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport
import Locking

/// One daemon a mount point: a lock file beside the control socket, held as long as the process lives.
///
/// A socket file outlives a killed daemon, a lock does not: whoever gets the lock may replace the socket.
package final class ControlLock: Sendable {
  private let file: FileDescriptor
  private let path: String
  private let isReleased = Lock(false)

  /// Takes the lock, or returns nil when a living daemon has it. Throws when the file cannot be made.
  package static func take(socketPath: String) throws(MountFailure) -> ControlLock? {
    let path = socketPath + ".lock"
    while true {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else { throw .init("lock file \(path): \(String(cString: strerror(errno)))") }
      let file = FileDescriptor(owning: descriptor)
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        if errno == EINTR { continue }
        if errno == EWOULDBLOCK { return nil }
        throw .init("lock file \(path): \(String(cString: strerror(errno)))")
      }
      // Between open and flock its last owner may have removed the name: then this lock guards nothing.
      var held = stat()
      var named = stat()
      if fstat(descriptor, &held) == 0, stat(path, &named) == 0, held.st_ino == named.st_ino {
        return ControlLock(file, path)
      }
    }
  }

  private init(_ file: FileDescriptor, _ path: String) {
    self.file = file
    self.path = path
  }

  /// Notes for ``note(socketPath:)`` where the data of this mount is.
  package func write(note: String) {
    let bytes = Array(note.utf8)
    ftruncate(file.rawValue, 0)
    pwrite(file.rawValue, bytes, bytes.count, 0)
  }

  /// What the last daemon at this socket noted; nil when it ended in order.
  package static func note(socketPath: String) -> String? {
    FileContents.read(socketPath + ".lock", limit: 8_192).flatMap { $0.isEmpty ? nil : $0 }
  }

  /// Removes the file, the first time; the lock itself ends with the last reference. A second removal could hit the file
  /// of the next daemon.
  package func release() {
    isReleased.withLock { isReleased in
      if !isReleased { unlink(path) }
      isReleased = true
    }
  }
}
