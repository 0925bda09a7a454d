// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport

/// Writes a whole file, or, with an offset, some bytes of one.
func writeFile(_ path: String, _ bytes: [UInt8], at offset: Int64? = nil) throws {
  let file = open(path, O_WRONLY | O_CREAT | (offset == nil ? O_TRUNC : 0) | O_CLOEXEC, 0o600)
  guard file >= 0 else { throw TestSupportError("\(path): \(String(cString: strerror(errno)))") }
  defer { close(file) }
  var written = 0
  while written < bytes.count {
    let count = bytes[written...].withUnsafeBytes {
      pwrite(file, $0.baseAddress, $0.count, off_t((offset ?? 0)) + off_t(written))
    }
    guard count > 0 else { throw TestSupportError("\(path): \(String(cString: strerror(errno)))") }
    written += count
  }
}

/// Sets the time of the last change of content, in seconds from now.
func touch(_ path: String, secondsFromNow: Int) {
  var times = [
    timespec(tv_sec: time(nil) + secondsFromNow, tv_nsec: 0), timespec(tv_sec: time(nil) + secondsFromNow, tv_nsec: 0),
  ]
  utimensat(AT_FDCWD, path, &times, 0)
}

/// The names in a directory.
func names(in directory: String) -> [String] {
  guard let stream = opendir(directory) else { return [] }
  defer { closedir(stream) }
  var names: [String] = []
  while let item = readdir(stream) {
    let name = withUnsafePointer(to: &item.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if name != ".", name != ".." { names.append(name) }
  }
  return names.sorted()
}
