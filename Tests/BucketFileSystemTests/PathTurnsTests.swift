// SPDX-License-Identifier: Apache-2.0

import Testing
import VFS

@testable import BucketFileSystem

@Suite("Turns for parts of the tree") struct PathTurnsTests {
  /// `d/s/f`, and `e` beside it.
  private static let parents: [InodeID: InodeID] = [d: root, s: d, f: s, e: root]
  private static let (root, d, s, f, e) = (InodeID.root, InodeID(2), InodeID(3), InodeID(4), InodeID(5))

  private static func isInside(_ inode: InodeID, _ ancestor: InodeID) -> Bool {
    var current: InodeID? = inode
    while let present = current {
      if present == ancestor { return true }
      current = parents[present]
    }
    return false
  }

  struct Want: Sendable, CustomTestStringConvertible {
    var still: [InodeID]
    var moving: InodeID?
    var testDescription: String { "still \(still.map(\.rawValue)), moving \(moving?.rawValue ?? 0)" }
  }

  /// SEMANTICS: rename-waits
  @Test(
    arguments: [
      // Without a rename nobody waits.
      (Want(still: [d]), Want(still: [d]), true),
      // What leads to it moves, or it itself.
      (Want(still: [root], moving: d), Want(still: [d]), false),
      (Want(still: [root], moving: d), Want(still: [f]), false),
      (Want(still: [f]), Want(still: [root], moving: d), false),
      (Want(still: [f]), Want(still: [s], moving: f), false),
      // Something beside it, or in it.
      (Want(still: [root], moving: d), Want(still: [e]), true),
      (Want(still: [s], moving: f), Want(still: [s]), true),
      (Want(still: [s], moving: f), Want(still: [d]), true),
      // Two renames: of the same, into each other, one in the other, beside each other.
      (Want(still: [root], moving: d), Want(still: [root], moving: d), false),
      (Want(still: [root, e], moving: d), Want(still: [root, d], moving: e), false),
      (Want(still: [root], moving: d), Want(still: [s], moving: f), false),
      (Want(still: [s], moving: f), Want(still: [root], moving: d), false),
      (Want(still: [root], moving: d), Want(still: [root], moving: e), true),
    ] as [(Want, Want, Bool)])
  func theSecondRunsBesideTheFirst(first: Want, second: Want, runs: Bool) {
    var turns = PathTurns()
    let one = turns.ask(still: first.still, moving: first.moving)
    let isFirstRunning = turns.begin(one, Self.isInside)
    #expect(isFirstRunning)
    let two = turns.ask(still: second.still, moving: second.moving)
    let isSecondRunning = turns.begin(two, Self.isInside)
    #expect(isSecondRunning == runs)
    turns.end(one)
    let isLeftAlone = turns.begin(two, Self.isInside)
    #expect(isLeftAlone)
  }

  /// SEMANTICS: rename-waits
  @Test func aRenameThatWaitsIsNotOvertaken() {
    var turns = PathTurns()
    let making = turns.ask(still: [Self.s])
    #expect(begin(making, &turns))
    let renaming = turns.ask(still: [Self.root], moving: Self.d)
    #expect(!begin(renaming, &turns))
    let another = turns.ask(still: [Self.s])
    #expect(!begin(another, &turns))
    // Nobody moves before it runs.
    #expect(!turns.isMoving(Self.f, Self.isInside))
    turns.end(making)
    #expect(!begin(another, &turns))
    #expect(begin(renaming, &turns))
    #expect(turns.isMoving(Self.f, Self.isInside) && !turns.isMoving(Self.e, Self.isInside))
    turns.end(renaming)
    #expect(begin(another, &turns))
  }

  private func begin(_ number: UInt64, _ turns: inout PathTurns) -> Bool { turns.begin(number, Self.isInside) }
}
