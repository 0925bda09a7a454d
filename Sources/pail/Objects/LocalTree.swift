// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc

/// The files below a directory. Links to files are followed, links to directories are not; everything else is left out.
enum LocalTree {
  struct File: Equatable {
    /// Below the directory.
    let relative: String
    /// Bytes.
    let size: Int64
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Bytes of a regular file; nil for anything else.
  static func size(of path: String) -> Int64? {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG ? Int64(status.st_size) : nil
  }

  /// What tells one state of a file from another; nil for what is no local file.
  struct FileState: Equatable, Sendable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    /// Nanoseconds since 1970.
    let changed: Int64
  }

  static func state(of location: ObjectLocation) -> FileState? {
    var status = stat()
    guard case .local(let path) = location, stat(path, &status) == 0 else { return nil }
    return FileState(
      device: UInt64(status.st_dev), inode: UInt64(status.st_ino), size: Int64(status.st_size),
      changed: Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec))
  }

  /// Removes a file whose copy is elsewhere, unless it is another one now.
  static func remove(_ location: ObjectLocation, ifStill before: FileState?) throws {
    guard case .local(let path) = location, let before else { return }
    guard state(of: location) == before else {
      throw CommandFailure("it was changed while it was copied, and was not removed; move it again")
    }
    try FileManager.default.removeItem(atPath: path)
  }

  /// Sorted by path.
  ///
  /// - Returns: the files, and what is there and cannot be copied.
  static func files(below directory: String) -> (files: [File], skipped: [String]) {
    var files: [File] = []
    var skipped: [String] = []
    var open = [""]
    while let relative = open.popLast() {
      let path = relative.isEmpty ? directory : directory + "/" + relative
      guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else {
        skipped.append(path)
        continue
      }
      for name in names {
        let inner = relative.isEmpty ? name : relative + "/" + name
        var link = stat()
        var status = stat()
        guard lstat(path + "/" + name, &link) == 0, stat(path + "/" + name, &status) == 0 else {
          skipped.append(path + "/" + name)
          continue
        }
        switch (link.st_mode & S_IFMT, status.st_mode & S_IFMT) {
        case (S_IFDIR, _): open.append(inner)
        case (_, S_IFREG): files.append(File(relative: inner, size: Int64(status.st_size)))
        default: skipped.append(path + "/" + name)
        }
      }
    }
    return (files.sorted { $0.relative < $1.relative }, skipped.sorted())
  }

  /// Makes the directories that a file's path needs.
  static func makeParent(of path: String) throws {
    guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return }
    try FileManager.default.createDirectory(atPath: String(path[..<slash]), withIntermediateDirectories: true)
  }
}
