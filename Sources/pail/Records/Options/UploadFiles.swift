// SPDX-License-Identifier: Apache-2.0
//
// Local files that a workflow uploads, and how far they are.
//
// For: create, attach, replace. State: which uploads have sent everything, behind a lock; they report from any thread.
// What can go wrong: a file that cannot be read; told before the workflow begins.

import Glibc
import Locking
import Records
import Storage

final class UploadFiles: Sendable {
  private let display: TransferDisplay?
  private let sent = Lock<Set<Int>>([])
  private let paths: [String]

  /// - Throws: `CommandFailure` for a path that is no file.
  init(_ paths: [String]) throws {
    var total: Int64 = 0
    for path in paths {
      guard access(path, R_OK) == 0 else {
        throw CommandFailure("\(ObjectText.printable(path)): \(String(cString: strerror(errno)))")
      }
      guard let size = LocalTree.size(of: path) else {
        throw CommandFailure("\(ObjectText.printable(path)): only regular files can be attached")
      }
      total += size
    }
    self.paths = paths
    display =
      paths.isEmpty
      ? nil
      : TransferDisplay(
        name: paths.count == 1 ? CopyTarget.name(of: .local(paths[0])) : nil, files: paths.count, total: total)
  }

  /// In the order of the paths.
  var files: [RecordFile] { paths.indices.map { file($0) } }

  func file(_ number: Int) -> RecordFile {
    var file = RecordFile.file(path: paths[number])
    file.onProgress = { [weak self] progress in
      guard let self else { return }
      let isDone = progress.transferredBytes == progress.totalBytes
      // A name that turned out to be taken is sent once more.
      guard isDone ? sent.withLock({ $0.insert(number).inserted }) : !sent.withLock({ $0.contains(number) }) else {
        return
      }
      if isDone {
        display?.finished(number, size: progress.transferredBytes)
      } else {
        display?.note(number, progress.transferredBytes, total: progress.totalBytes)
      }
    }
    return file
  }

  /// Takes the line away that shows how far they are.
  func end() { display?.end() }
}
