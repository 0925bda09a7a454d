// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Which process a thread is of: the kernel names the thread that made a call (proc(5)).
enum ClosingProcess {
  /// 0 when it is unknown.
  static func of(thread: Int32) -> Int32 {
    guard thread > 0 else { return 0 }
    let descriptor = open("/proc/\(thread)/status", O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    return withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 1) { buffer in
      let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      let text = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
      let line = text.split(separator: "\n").first { $0.hasPrefix("Tgid:") }
      return line.flatMap { Int32($0.dropFirst("Tgid:\t".count)) } ?? 0
    }
  }
}
