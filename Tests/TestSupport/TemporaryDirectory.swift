// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Locking

/// A new, empty directory under `$TMPDIR`, removed with everything in it when the last reference is gone, and at the latest
/// when the process exits: a task that a test left running in the background keeps its references till then.
package final class TemporaryDirectory: Sendable {
  /// The absolute path, without a slash at the end and without symbolic links.
  package let path: String

  /// - Parameters:
  ///   - name: a word for whoever finds the directory after a crash.
  ///   - isInMemory: not on a disk, if the machine has a place for that.
  package init(_ name: String = "test", isInMemory: Bool = false) throws {
    let parent = isInMemory && access(Self.memory, W_OK | X_OK) == 0 ? Self.memory : Self.parent
    var template = Array("\(parent)/pail-\(name)-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil, let resolved = realpath(template, nil) else {
      throw TestSupportError("cannot make a directory in \(parent): \(String(cString: strerror(errno)))")
    }
    defer { free(resolved) }
    path = String(cString: resolved)
    _ = Self.removalAtExit
    Self.all.withLock { [path] in _ = $0.insert(path) }
  }

  deinit {
    Self.remove(path)
    Self.all.withLock { [path] in _ = $0.remove(path) }
  }

  /// A file system in memory, on any Linux (shm_overview(7)).
  private static let memory = "/dev/shm"

  /// Where temporary files and directories go.
  static var parent: String { ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp" }

  private static let all = Lock<Set<String>>([])

  private static let removalAtExit: Void = {
    atexit { TemporaryDirectory.all.withLock { $0 }.forEach(TemporaryDirectory.remove) }
  }()

  private static func remove(_ path: String) {
    // What a test leaves running may still make a file while the others are removed.
    try? BlockingWork.eventually(within: .seconds(2), "\(path) is removed") {
      try? FileManager.default.removeItem(atPath: path)
      return !FileManager.default.fileExists(atPath: path)
    }
  }

  /// The path of `name` in this directory.
  package func path(_ name: String) -> String { path + "/" + name }
}
