// SPDX-License-Identifier: Apache-2.0
//
// Who changes names in which part of the tree: what a rename moves must hold still meanwhile.
//
// For: a rename copies keys and then deletes the old ones; whatever is made, opened for writing or removed below the old name
// between the two would be lost with it, or come back. So each such operation takes a turn for the directory (or the file) that must
// keep its place, and a rename one for what it moves, all it needs at once. Turns that stand in each other's way run in the order
// in which they came. Uploads take none: a rename suspends those.
// State: a pure value, behind a lock of the file system; that locks before the tree. A turn is taken before the turn of any node, and
// never two by one thread. What can go wrong: a thread that takes a second one may wait for itself; nothing finds that but its hanging.

import VFS

struct PathTurns {
  typealias IsInside = (_ inode: InodeID, _ ancestor: InodeID) -> Bool

  private struct Turn {
    let number: UInt64
    /// What must stay where it is.
    let still: [InodeID]
    /// What is given another place.
    let moving: InodeID?
    var isRunning = false
  }

  private var lastNumber: UInt64 = 0
  /// In the order in which they came.
  private var turns: [Turn] = []

  /// Stands in line. Each turn ends with ``end(_:)``.
  mutating func ask(still: [InodeID], moving: InodeID? = nil) -> UInt64 {
    lastNumber += 1
    turns.append(Turn(number: lastNumber, still: still, moving: moving))
    return lastNumber
  }

  /// Begins a turn that was asked for, unless one that runs, or came before, stands in its way.
  mutating func begin(_ number: UInt64, _ isInside: IsInside) -> Bool {
    guard let index = turns.firstIndex(where: { $0.number == number }) else { return false }
    let mine = turns[index]
    for (other, turn) in turns.enumerated() where other != index && (turn.isRunning || other < index) {
      if PathTurns.moves(turn, mine, isInside) || PathTurns.moves(mine, turn, isInside) { return false }
    }
    turns[index].isRunning = true
    return true
  }

  mutating func end(_ number: UInt64) { turns.removeAll { $0.number == number } }

  /// How many wait.
  var waiting: Int { turns.count { !$0.isRunning } }

  /// Whether `inode`, or something that leads to it, is being moved.
  func isMoving(_ inode: InodeID, _ isInside: IsInside) -> Bool {
    turns.contains { turn in turn.isRunning && turn.moving.map { isInside(inode, $0) } ?? false }
  }

  /// Whether `mover` moves something that `turn` needs where it is, or moves itself.
  private static func moves(_ mover: Turn, _ turn: Turn, _ isInside: IsInside) -> Bool {
    guard let moved = mover.moving else { return false }
    return turn.moving == moved || turn.still.contains { isInside($0, moved) }
  }
}
