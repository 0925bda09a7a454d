// SPDX-License-Identifier: Apache-2.0
//
// Copies files into a directory, under paths that cannot leave it.
//
// For: `pail recover export`. State: a descriptor of the directory. Each step of a path is opened below the one before and follows
// no symbolic link. A file that exists is never written over; a copy that fails is removed. Blocks; one thread.
// What can go wrong: the name is taken, the disk is full; each is one line, and the bytes in the cache stay.

import Glibc
import HTTPTransport

struct ExportDirectory {
  private let root: FileDescriptor

  /// Makes `path` when it is missing; its parent must be there.
  init(_ path: String) throws(MountFailure) {
    if mkdir(path, 0o700) != 0, errno != EEXIST { throw .init("\(path): \(String(cString: strerror(errno)))") }
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .init("\(path): \(String(cString: strerror(errno)))") }
    root = FileDescriptor(owning: descriptor)
  }

  /// Copies all of the file `source` to the path of `names`, durably.
  func copy(_ source: String, to names: [String]) throws(MountFailure) {
    let input = open(source, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard input >= 0 else { throw ExportDirectory.failure("\(source)") }
    let file = FileDescriptor(owning: input)
    let directory = try parent(of: names)
    let name = names[names.count - 1]
    let output = openat(directory.rawValue, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard output >= 0 else {
      guard errno == EEXIST else { throw ExportDirectory.failure(name) }
      throw .init("\(names.joined(separator: "/")) exists; export to another directory, or move it away")
    }
    let target = FileDescriptor(owning: output)
    if let code = ExportDirectory.copy(file.rawValue, output) ?? (fsync(output) == 0 ? nil : errno) {
      unlinkat(directory.rawValue, name, 0)
      throw .init("\(name): \(String(cString: strerror(code)))")
    }
    withExtendedLifetime(target) {}
    _ = fsync(directory.rawValue)
  }

  private func parent(of names: [String]) throws(MountFailure) -> FileDescriptor {
    var directory = root
    for name in names.dropLast() {
      if mkdirat(directory.rawValue, name, 0o700) != 0, errno != EEXIST { throw ExportDirectory.failure(name) }
      let next = openat(directory.rawValue, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
      guard next >= 0 else { throw ExportDirectory.failure(name) }
      directory = FileDescriptor(owning: next)
    }
    return directory
  }

  /// Returns the errno of a failure.
  private static func copy(_ input: Int32, _ output: Int32) -> Int32? {
    withUnsafeTemporaryAllocation(byteCount: 1 << 18, alignment: 16) { buffer in
      while true {
        let count = read(input, buffer.baseAddress, buffer.count)
        if count < 0, errno == EINTR { continue }
        guard count > 0 else { return count == 0 ? nil : errno }
        var done = 0
        while done < count {
          let written = write(output, buffer.baseAddress! + done, count - done)
          if written < 0, errno == EINTR { continue }
          guard written > 0 else { return written < 0 ? errno : EIO }
          done += written
        }
      }
    }
  }

  private static func failure(_ name: String) -> MountFailure {
    MountFailure("\(name): \(String(cString: strerror(errno)))")
  }
}
