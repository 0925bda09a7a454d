// SPDX-License-Identifier: Apache-2.0
//
// What the file system keeps for each open file and each open directory.
//
// For: a close that knows whether it has something to publish. State: behind locks of their own; any thread. What was changed
// through a descriptor is taken by the first call that publishes it, and until that has succeeded every other close of the
// descriptor has to publish as well: otherwise it would say that all is well, and the error would go to the other caller only.
// What can go wrong: a publication fails; what it took counts as changed again.

import Locking
import Transfer
import VFS

/// One open(2) of a file.
final class OpenFile: Sendable {
  let node: Node
  let flags: OpenFlags
  /// The process that opened it: only its close publishes, not that of a child that inherited the descriptor. 0 when it is
  /// unknown; then every close does.
  let openerProcess: Int32
  /// For files whose bytes are in the bucket; made at the first read.
  let reader = Lock<ObjectReader?>(nil)
  private let changes = Lock(Changes())

  private struct Changes {
    var isChanged = false
    var hasBytes = false
    /// Publications under way of what was changed before.
    var takers = 0
  }

  init(node: Node, flags: OpenFlags, openerProcess: Int32) {
    self.node = node
    self.flags = flags
    self.openerProcess = openerProcess
  }

  /// Something was changed through this handle since somebody last began to publish it.
  var isChanged: Bool { changes.withLock { $0.isChanged } }

  /// Nothing was changed through this handle that is not published, and nobody is just publishing it.
  var isSettled: Bool { changes.withLock { !$0.isChanged && $0.takers == 0 } }

  /// How many are just publishing what was changed.
  var takers: Int { changes.withLock { $0.takers } }

  /// Bytes were written through this handle, as opposed to just created or emptied.
  var hasWritten: Bool { changes.withLock { $0.hasBytes } }

  /// Called when the change is in the local copy.
  func noteChange(wroteBytes: Bool) {
    changes.withLock { changes in
      changes.isChanged = true
      if wroteBytes { changes.hasBytes = true }
    }
  }

  /// What changed until now is about to be published; what changes from here on is not part of that.
  ///
  /// - Returns: whether that is anything, which may be what others are just publishing. ``settleChange(isPublished:)`` has to
  ///   follow then.
  func takeChange() -> Bool {
    changes.withLock { changes in
      guard changes.isChanged || changes.takers > 0 else { return false }
      changes.isChanged = false
      changes.takers += 1
      return true
    }
  }

  /// What ``takeChange()`` took was published, or was not.
  func settleChange(isPublished: Bool) {
    changes.withLock { changes in
      changes.takers -= 1
      if !isPublished { changes.isChanged = true }
    }
  }
}

/// One opendir(3).
final class OpenDirectory: Sendable {
  let node: Node
  /// Replaced when the program rewinds.
  let listing: Lock<DirectoryListing>
  /// Entries that are only here, in the order they were emitted behind the listing.
  let locals = Lock<[Name]?>(nil)
  /// What was only here before the listing was asked for.
  let here: Lock<[Name: FileKind]>

  init(node: Node, listing: DirectoryListing, here: [Name: FileKind]) {
    self.node = node
    self.listing = Lock(listing)
    self.here = Lock(here)
  }
}
