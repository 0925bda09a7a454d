// SPDX-License-Identifier: Apache-2.0
//
// A local file that is uploaded while anybody may write to it.
//
// For: noticing that it changed, so that no object is made of two states of it. State: the open file and what stat(2) said of
// it when it was opened. Opening and asking block for a moment; use them on a disk thread.
// What can go wrong: times have the granularity of the kernel's clock tick (inode_set_ctime_current(), 4 ms and more), so a
// file that was changed in the last tick could change again unseen; opening waits until that is past. A program that writes
// through a shared mapping it has dirtied before leaves no trace in stat(2) until the kernel writes the page back: mmap(2)
// says so ("some time after the write to the mapped region, and before a subsequent msync(2)"), and it stays unseen.

private import Glibc
package import HTTPTransport

package struct SourceFile: Sendable {
  /// What tells one state of a file from another.
  package struct Identity: Equatable, Sendable {
    package var device: UInt64
    package var inode: UInt64
    package var size: Int64
    /// Nanoseconds since 1970.
    package var modified: Int64
    /// Nanoseconds since 1970; no program can set it.
    package var changed: Int64
  }

  package let path: String
  package let file: FileDescriptor
  package let identity: Identity

  /// Longer than any clock tick that Linux is built with (10 ms).
  private static let granularity: Int64 = 20_000_000

  /// - Throws: ``UploadFailure/source(_:)`` with the path and the reason; also for what is no regular file.
  package init(path: String) throws(UploadFailure) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .source("\(path): \(String(cString: strerror(errno)))") }
    file = FileDescriptor(owning: descriptor)
    self.path = path
    var identity = try SourceFile.identity(of: file, path)
    let age = SourceFile.now() - max(identity.changed, identity.modified)
    if age >= 0, age < SourceFile.granularity {
      usleep(UInt32((SourceFile.granularity - age) / 1_000) + 1)
      identity = try SourceFile.identity(of: file, path)
    }
    self.identity = identity
  }

  /// Whether the file differs from what was opened.
  package var hasChanged: Bool {
    guard let now = try? SourceFile.identity(of: file, path) else { return true }
    return now != identity
  }

  private static func identity(of file: FileDescriptor, _ path: String) throws(UploadFailure) -> Identity {
    var status = stat()
    guard fstat(file.rawValue, &status) == 0 else { throw .source("\(path): \(String(cString: strerror(errno)))") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .source("\(path) is no regular file") }
    return Identity(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
      modified: nanoseconds(status.st_mtim), changed: nanoseconds(status.st_ctim))
  }

  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return nanoseconds(time)
  }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
