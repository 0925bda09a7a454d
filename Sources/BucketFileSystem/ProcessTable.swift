// SPDX-License-Identifier: Apache-2.0
//
// What /proc tells of the processes that use the file system.
//
// The kernel names the thread that made a call; which process that is, and what it has open, is in /proc (proc(5)). Nothing
// here may touch a file of the mount itself: readlink(2) of a descriptor does not. A process in another pid namespace or one
// that is gone is 0 and "no".

import Glibc

enum ProcessTable {
  /// The process (thread group) of a thread; 0 when it is unknown.
  static func process(of thread: Int32) -> Int32 {
    guard thread > 0 else { return 0 }
    guard let text = read("/proc/\(thread)/status") else { return 0 }
    for line in text.split(separator: "\n") where line.hasPrefix("Tgid:") {
      return Int32(line.dropFirst(5).filter { !$0.isWhitespace }) ?? 0
    }
    return 0
  }

  /// Whether `process` has a descriptor of the file at `path`.
  static func hasOpen(_ process: Int32, path: String) -> Bool {
    guard process > 0, let directory = opendir("/proc/\(process)/fd") else { return false }
    defer { closedir(directory) }
    let wanted = Array(path.utf8)
    var buffer = [UInt8](repeating: 0, count: 4_096 + 1)
    while let entry = Glibc.readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      let count = buffer.withUnsafeMutableBytes { bytes in
        bytes.withMemoryRebound(to: CChar.self) { text -> Int in
          guard let start = text.baseAddress else { return -1 }
          return readlinkat(dirfd(directory), name, start, text.count)
        }
      }
      if count == wanted.count, buffer.prefix(count).elementsEqual(wanted) { return true }
    }
    return false
  }

  private static func read(_ path: String) -> String? {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: 1_024)
    let count = Glibc.read(descriptor, &bytes, bytes.count)
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }
}
