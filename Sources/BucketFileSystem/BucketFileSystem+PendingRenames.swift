// SPDX-License-Identifier: Apache-2.0
//
// Where a rename that was interrupted shows: at the start, and under its two names.
//
// Whoever asks for a name that is, or is in, one of the two directories, or lists the one that has it, waits until there is one tree
// again. What can go wrong: the store does not answer; then neither could they be answered, and get that error.

import Locking
import Logging
import S3Client
import Transfer
import VFS
import WriteBackCache

extension BucketFileSystem {
  /// Seconds that the start waits for renames of an earlier run. Behind that they go on, and hold up who needs their names.
  private static let startPatience = 5.0

  /// Takes up what an earlier run has left. A mount that may not write leaves it to one that may.
  func resumeRenames() {
    guard !configuration.readOnly else { return }
    let renames: [PendingRename]
    do throws(WriteBackFailure) {
      renames = try cache.pendingRenames()
    } catch {
      _ = reportRename(error)
      return
    }
    guard !renames.isEmpty else { return }
    for rename in renames { pendingRenames.add(rename) }
    let isDone = Lock(false)
    Task { [pendingRenames] in
      for rename in renames {
        if case .failure(let failure) = await pendingRenames.settle(rename) {
          pendingRenames.settlement.logger.warning(
            "a rename that was interrupted is not over yet",
            metadata: ["from": "\(rename.from)", "to": "\(rename.to)", "error": "\(failure)"])
        }
      }
      isDone.withLockAndNotify { $0 = true }
    }
    _ = isDone.wait(timeout: BucketFileSystem.startPatience) { $0 ? true : nil }
  }

  /// Before a name is answered.
  func settleRenames(_ parent: InodeID, _ name: Name) throws(Errno) {
    guard !pendingRenames.isEmpty, let key = try? tree.key(parent, name, isDirectory: true) else { return }
    try settleRenames { rename in
      key.string.utf8.starts(with: rename.from.utf8) || key.string.utf8.starts(with: rename.to.utf8)
    }
  }

  /// Before a directory is listed.
  func settleRenames(in directory: InodeID) throws(Errno) {
    guard !pendingRenames.isEmpty, let key = try? tree.key(directory) else { return }
    try settleRenames { rename in
      [rename.from, rename.to].contains { prefix in
        let parent = prefix.utf8.dropLast().lastIndex(of: UInt8(ascii: "/")).map { prefix[...$0] } ?? ""
        return parent == key.string || key.string.utf8.starts(with: prefix.utf8)
      }
    }
  }

  /// Before a directory is renamed: another journal must not speak of its keys.
  func settleRenames() throws(Errno) { try settleRenames { _ in true } }

  private func settleRenames(_ isConcerned: (PendingRename) -> Bool) throws(Errno) {
    while let rename = pendingRenames.first(where: isConcerned) {
      let outcome = BlockingBridge.run { [pendingRenames] () async throws(Never) in await pendingRenames.settle(rename)
      }
      // One that was refused for good is given up, and in nobody's way.
      if case .failure(let failure) = outcome, failure.isTransient { throw reportRename(failure) }
    }
  }
}
