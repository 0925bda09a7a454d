// SPDX-License-Identifier: Apache-2.0
//
// What kill -9 leaves of a cache directory: its files as they are in the kernel, synced or not.
//
// For: a copy that a kill could have left, while background tasks go on until they come to the index. Whoever copies holds the
// index's connection meanwhile, so no row changes between the first file and the last. What a task does before its change of the
// index may be seen or not; what comes after such a change it cannot do. Of one file, the range log is copied before the bytes:
// it must not tell of bytes that come later. No state; one thread.
// What can go wrong: a file goes in between, as if the kill had come a little later.

import Glibc
import TestSupport

enum DirectoryCopy {
  /// SEEK_DATA and SEEK_HOLE of lseek(2), which Glibc's module does not have.
  private static let seekData: Int32 = 3
  private static let seekHole: Int32 = 4

  static func copy(_ source: String, to target: String) throws {
    try make(target)
    try make(target + "/data")
    let data = try names(source + "/data")
    let isLog = { (name: String) in name.contains(".ranges") }
    for name in data.filter(isLog) + data.filter({ !isLog($0) }) {
      try copyFile("\(source)/data/\(name)", "\(target)/data/\(name)")
    }
    for name in try names(source) where name != "data" { try copyFile("\(source)/\(name)", "\(target)/\(name)") }
  }

  private static func make(_ path: String) throws {
    guard mkdir(path, 0o700) == 0 else { throw failure("mkdir", path) }
  }

  private static func names(_ path: String) throws -> [String] {
    guard let directory = opendir(path) else { throw failure("opendir", path) }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    // A write-ahead log is part of its database: first the one, then the other.
    return names.sorted()
  }

  private static func copyFile(_ source: String, _ target: String) throws {
    let from = open(source, O_RDONLY | O_CLOEXEC)
    // Gone in between: as if the kill had come a little later.
    if from < 0, errno == ENOENT { return }
    guard from >= 0 else { throw failure("open", source) }
    defer { close(from) }
    let to = open(target, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard to >= 0 else { throw failure("open", target) }
    defer { close(to) }
    var information = stat()
    // The permissions say which files are clean.
    guard fstat(from, &information) == 0, ftruncate(to, information.st_size) == 0,
      fchmod(to, information.st_mode & 0o777) == 0
    else { throw failure("stat", source) }
    // Holes stay holes: the log of the index is mostly room.
    var position: off_t = 0
    while position < information.st_size {
      let start = lseek(from, position, seekData)
      guard start >= 0 else { break }
      let hole = lseek(from, start, seekHole)
      position = hole < 0 ? information.st_size : hole
      try copyBytes(from, to, start..<position, source)
    }
  }

  private static func copyBytes(_ from: Int32, _ to: Int32, _ range: Range<off_t>, _ source: String) throws {
    try withUnsafeTemporaryAllocation(byteCount: 64 << 10, alignment: 4_096) { buffer in
      var position = range.lowerBound
      while position < range.upperBound {
        let count = pread(from, buffer.baseAddress, min(buffer.count, Int(range.upperBound - position)), position)
        guard count > 0, pwrite(to, buffer.baseAddress, count, position) == count else { throw failure("copy", source) }
        position += off_t(count)
      }
    }
  }

  private static func failure(_ call: String, _ path: String) -> TestSupportError {
    TestSupportError("\(call) \(path): \(String(cString: strerror(errno)))")
  }
}
