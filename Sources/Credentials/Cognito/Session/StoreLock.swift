// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A lock between processes and within one (flock(2) on a file of its own, which stays): whoever dies gives it back.
struct StoreLock: Sendable {
  private let file: Int32

  /// Milliseconds between two tries.
  private static let interval = 20
  /// Longer than a refresh with all its attempts takes.
  private static let patience = 60_000

  /// Waits for its turn without blocking a thread.
  ///
  /// - Throws: when the file cannot be made; as transient, when somebody else has it for a minute or the task is cancelled.
  static func take(path: String) async throws(CredentialsError) -> StoreLock {
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else {
      throw CredentialsError("\(path) cannot be made: \(String(cString: strerror(errno)))")
    }
    var waited = 0
    while flock(file, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      if code == EINTR { continue }
      guard code == EWOULDBLOCK, waited < patience else {
        close(file)
        let reason = code == EWOULDBLOCK ? "another process has it" : String(cString: strerror(code))
        throw CredentialsError("\(path) cannot be locked: \(reason)", isTransient: true)
      }
      do { try await Task.sleep(for: .milliseconds(interval)) } catch {
        close(file)
        throw CredentialsError("the request was cancelled", isTransient: true)
      }
      waited += interval
    }
    return StoreLock(file: file)
  }

  func release() { close(file) }
}
