// SPDX-License-Identifier: Apache-2.0

import Locking
import VFS

/// Holds operations of a file system back until it is opened.
final class Gate: Sendable {
  private struct State {
    var held: Set<InodeID> = []
    var waiting = 0
  }

  private let state = Lock(State())

  /// Operations on these inodes wait from now on.
  func close(for inodes: Set<InodeID>) { state.withLock { $0.held = inodes } }

  func open() { state.withLockAndNotify { $0.held = [] } }

  /// Called by the operation.
  func pass(_ inode: InodeID) {
    let isHeld = state.withLockAndNotify { state in
      guard state.held.contains(inode) else { return false }
      state.waiting += 1
      return true
    }
    guard isHeld else { return }
    _ = state.wait { $0.held.contains(inode) ? nil : () }
    state.withLockAndNotify { $0.waiting -= 1 }
  }

  /// True when `count` operations wait within ten seconds.
  func hasWaiting(_ count: Int) -> Bool {
    state.wait(timeout: 10) { $0.waiting >= count ? true : nil } ?? false
  }
}
