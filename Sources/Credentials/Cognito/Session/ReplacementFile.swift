// SPDX-License-Identifier: Apache-2.0
//
// The file that will take the place of another one, with its room on the disk taken before anything is written.
//
// State: an open, empty file beside the other, until it is written or discarded, one of which must follow. Blocks. One at a time, under
// the other's lock. What can go wrong: no room, which is told at the start; a broken disk, which may be told at the end only.

import Glibc

struct ReplacementFile: Sendable {
  private let target: String
  private let file: Int32

  /// Several times what a record with all its tokens takes.
  private static let room: off_t = 64 << 10

  static func path(of target: String) -> String { target + ".new" }

  /// - Throws: when it cannot be made, or there is no room for it.
  init(of target: String) throws(CredentialsError) {
    self.target = target
    // Nobody else writes; what a crash left behind is in the way.
    let path = ReplacementFile.path(of: target)
    unlink(path)
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard file >= 0 else { throw ReplacementFile.failure("\(path) cannot be made", errno) }
    var code = posix_fallocate(file, 0, ReplacementFile.room)
    while code == EINTR { code = posix_fallocate(file, 0, ReplacementFile.room) }
    // Where nothing can be taken in advance the write has to tell.
    guard code == 0 || code == EINVAL || code == EOPNOTSUPP else {
      discard()
      throw ReplacementFile.failure("\(target) could not be kept", code)
    }
  }

  func discard() {
    close(file)
    unlink(ReplacementFile.path(of: target))
  }

  /// - Throws: when the other file has stayed as it is.
  func replace(with bytes: [UInt8]) throws(CredentialsError) {
    guard write(bytes), rename(ReplacementFile.path(of: target), target) == 0 else {
      let code = errno
      discard()
      throw ReplacementFile.failure("\(target) cannot be written", code)
    }
    close(file)
  }

  /// errno tells why not.
  private func write(_ bytes: [UInt8]) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress.map { $0 + done }, bytes.count - done) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return ftruncate(file, off_t(bytes.count)) == 0 && fsync(file) == 0
  }

  static func failure(_ words: String, _ code: Int32) -> CredentialsError {
    CredentialsError("\(words): \(String(cString: strerror(code)))", isTransient: code == EMFILE || code == ENFILE)
  }
}
