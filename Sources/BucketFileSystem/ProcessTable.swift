// SPDX-License-Identifier: Apache-2.0
//
// What /proc tells of the processes that use the file system.
//
// The kernel names the thread that made a call; which process that is, and what it has open, is in /proc (proc(5)). Nothing
// here may touch a file of the mount itself: readlink(2) of a descriptor does not. A process in another pid namespace or one
// that is gone is 0 and "no".

import Glibc

enum ProcessTable {
  /// The process (thread group) of a thread; 0 when it is unknown. Asked with each create and close, so it makes no strings of
  /// what it reads.
  static func process(of thread: Int32) -> Int32 {
    guard thread > 0 else { return 0 }
    return withUnsafeTemporaryAllocation(byteCount: 1_024, alignment: 1) { buffer in
      process(inStatus: UnsafeRawBufferPointer(rebasing: buffer[..<read("/proc/\(thread)/status", into: buffer)]))
    }
  }

  /// The number behind "Tgid:" at the start of a line; 0 when there is none.
  static func process(inStatus text: UnsafeRawBufferPointer) -> Int32 {
    let name: StaticString = "Tgid:\t"
    var line = 0
    while line + name.utf8CodeUnitCount < text.count {
      if memcmp(text.baseAddress! + line, name.utf8Start, name.utf8CodeUnitCount) == 0 {
        var number: Int32 = 0
        for byte in text[(line + name.utf8CodeUnitCount)...] {
          guard case UInt8(ascii: "0")...UInt8(ascii: "9") = byte else { break }
          number = number &* 10 &+ Int32(byte - UInt8(ascii: "0"))
        }
        return number
      }
      guard let end = text[line...].firstIndex(of: UInt8(ascii: "\n")) else { return 0 }
      line = end + 1
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

  /// The bytes that were read; 0 on failure.
  private static func read(_ path: String, into buffer: UnsafeMutableRawBufferPointer) -> Int {
    let descriptor = Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return 0 }
    defer { close(descriptor) }
    return max(0, Glibc.read(descriptor, buffer.baseAddress, buffer.count))
  }
}
