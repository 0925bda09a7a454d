// SPDX-License-Identifier: Apache-2.0

import Credentials
import Glibc

/// A password from a file or a descriptor that somebody has opened: one line, its end left out. Never from an argument or a
/// variable, which others can read.
enum SecretInput {
  private static let limit = 4_096

  /// - Throws: when others can read the file, as ssh does with keys.
  static func file(_ path: String) throws(CommandFailure) -> Secret {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure(path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw failure(path) }
    guard status.st_mode & S_IFMT != S_IFREG || status.st_mode & 0o077 == 0 else {
      throw CommandFailure("\(path) holds a password and is open to others; run: chmod 600 \(path)")
    }
    return try read(file, path)
  }

  static func descriptor(_ number: Int32) throws(CommandFailure) -> Secret {
    try read(number, "file descriptor \(number)")
  }

  private static func read(_ file: Int32, _ name: String) throws(CommandFailure) -> Secret {
    if isatty(file) == 1 {
      throw CommandFailure(
        "\(name) is a terminal, which would show the password; leave the option out to type it unseen")
    }
    let secret = try Secret(capacity: limit) { (memory) throws(CommandFailure) -> Int in
      var count = 0
      while count < memory.count {
        let got = Glibc.read(file, memory.baseAddress.map { $0 + count }, memory.count - count)
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else { throw failure(name) }
        if got == 0 { return lineLength(memory, count) }
        count += got
      }
      throw CommandFailure("\(name) holds more than a password (\(limit) bytes)")
    }
    guard !secret.isEmpty else { throw CommandFailure("\(name) holds no password") }
    return secret
  }

  /// Without one line break at the end.
  static func lineLength(_ bytes: UnsafeMutableRawBufferPointer, _ count: Int) -> Int {
    guard count > 0, bytes[count - 1] == UInt8(ascii: "\n") else { return count }
    return count > 1 && bytes[count - 2] == UInt8(ascii: "\r") ? count - 2 : count - 1
  }

  private static func failure(_ name: String) -> CommandFailure {
    CommandFailure("\(name) cannot be read: \(String(cString: strerror(errno)))")
  }
}
