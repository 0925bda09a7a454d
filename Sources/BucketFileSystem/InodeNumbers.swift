// SPDX-License-Identifier: Apache-2.0
//
// Which number an inode gets: the same each time for the same name, while the file system is mounted. Pure.
//
// For: st_ino and d_ino. The kernel forgets inodes that nobody uses, and the node goes with that; when the name is looked up again
// programs expect the number that they saw before, and readdir wants to tell it of names that nobody has looked up. So the number is a
// hash of the directory's number and the name. A file that is renamed keeps its number: what a node had that is not the hash of its
// present name is remembered when the node goes.
// State: those remembered numbers, behind the lock of the tree. What can go wrong: two names have one hash (then the next free number
// is taken, which once in 2^64 is another one later), and more renamed files than are remembered; they get the number of their name.

import VFS

struct InodeNumbers {
  struct Place: Hashable {
    let parent: InodeID
    let name: Name
  }

  private static let maximumRemembered = 100_000

  /// The top byte of all numbers; 0 leaves all 64 bits to the hash.
  private let space: UInt8

  private var remembered: [Place: InodeID] = [:]
  private var reserved: Set<InodeID> = []

  init(space: UInt8 = 0) { self.space = space }

  /// The number of what is, or will be, under a name.
  ///
  /// - Parameter isTaken: whether a node has that number.
  func number(of place: Place, isTaken: (InodeID) -> Bool) -> InodeID {
    if let number = remembered[place], !isTaken(number) { return number }
    var number = hash(place)
    while number.rawValue & InodeNumbers.withoutSpace <= InodeID.root.rawValue || isTaken(number)
      || reserved.contains(number)
    {
      number = fitting(number.rawValue &+ 1)
    }
    return number
  }

  /// A node was made there.
  mutating func appeared(at place: Place) {
    if let number = remembered.removeValue(forKey: place) { reserved.remove(number) }
  }

  /// The node with that number goes; its name stays.
  mutating func left(_ number: InodeID, at place: Place) {
    guard number != hash(place) else { return }
    if remembered.count >= InodeNumbers.maximumRemembered { (remembered, reserved) = ([:], []) }
    remembered[place] = number
    reserved.insert(number)
  }

  /// Another one in each process: nobody can make names whose numbers are all the same.
  private func hash(_ place: Place) -> InodeID {
    var hasher = Hasher()
    hasher.combine(place)
    return fitting(UInt64(bitPattern: Int64(hasher.finalize())))
  }

  private static let withoutSpace: UInt64 = 1 << 56 - 1

  private func fitting(_ number: UInt64) -> InodeID {
    space == 0 ? InodeID(number) : InodeID(number & InodeNumbers.withoutSpace | UInt64(space) << 56)
  }
}
