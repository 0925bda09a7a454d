// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads small files whole: configuration and tokens. Blocks; see ``BlockingWork``.
enum SmallFile {
  enum Failure: Error, Equatable {
    case missing
    case tooLarge
    case unreadable(errno: Int32)

    var reason: String {
      switch self {
      case .missing: "no such file"
      case .tooLarge: "the file is too large"
      case .unreadable(let code): String(cString: strerror(code))
      }
    }
  }

  /// The bytes of a file, at most `limit` of them (open(2), read(2)).
  static func read(_ path: String, limit: Int) throws(Failure) -> [UInt8] {
    // Not waiting for a writer, should it be a FIFO.
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else {
      let code = errno
      throw code == ENOENT || code == ENOTDIR ? .missing : .unreadable(errno: code)
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count == 0 { return bytes }
      guard count > 0 else {
        if errno == EINTR { continue }
        throw .unreadable(errno: errno)
      }
      bytes.append(contentsOf: buffer[..<count])
      if bytes.count > limit { throw .tooLarge }
    }
  }
}
