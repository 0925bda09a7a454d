// SPDX-License-Identifier: Apache-2.0

import Locking
import Transfer
import VFS

/// One open(2) of a file.
final class OpenFile: Sendable {
  let node: Node
  let flags: OpenFlags
  /// The process that opened it: only its close publishes, not that of a child that inherited the descriptor.
  let openerProcess: Int32
  /// For files whose bytes are in the bucket; made at the first read.
  let reader = Lock<ObjectReader?>(nil)
  private let changes = Lock(Changes())

  private struct Changes {
    var isChanged = false
    var hasBytes = false
  }

  init(node: Node, flags: OpenFlags, openerProcess: Int32) {
    self.node = node
    self.flags = flags
    self.openerProcess = openerProcess
  }

  /// Something was changed through this handle since it was last published.
  var isChanged: Bool { changes.withLock { $0.isChanged } }

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
  func takeChange() -> Bool {
    changes.withLock { changes in
      defer { changes.isChanged = false }
      return changes.isChanged
    }
  }

  /// What was taken was not published.
  func giveBackChange() { changes.withLock { $0.isChanged = true } }
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
