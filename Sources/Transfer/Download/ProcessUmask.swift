// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The permission bits that files of this process do not get. umask(2) can only tell it by setting another one, which a file
/// that some thread makes at that moment would get; proc_pid_status(5) tells it as it is (Linux 4.7).
enum ProcessUmask {
  static var current: mode_t {
    let descriptor = open("/proc/self/status", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return cautious }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 4_096)
    let count = read(descriptor, &bytes, bytes.count)
    guard count > 0 else { return cautious }
    return parse(String(decoding: bytes[..<count], as: UTF8.self)) ?? cautious
  }

  static func parse(_ status: String) -> mode_t? {
    let line = status.split(separator: "\n").first { $0.hasPrefix("Umask:") }
    return line?.split(whereSeparator: { $0 == "\t" || $0 == " " }).last.flatMap { mode_t($0, radix: 8) }
  }

  /// For this user only, where nobody can tell.
  private static let cautious: mode_t = 0o077
}
