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

  private var remembered: [Place: InodeID] = [:]
  private var reserved: Set<InodeID> = []

  /// The number of what is, or will be, under a name.
  ///
  /// - Parameter isTaken: whether a node has that number.
  func number(of place: Place, isTaken: (InodeID) -> Bool) -> InodeID {
    if let number = remembered[place], !isTaken(number) { return number }
    var number = InodeNumbers.hash(place)
    while number.rawValue <= InodeID.root.rawValue || isTaken(number) || reserved.contains(number) {
      number = InodeID(number.rawValue &+ 1)
    }
    return number
  }

  /// A node was made there.
  mutating func appeared(at place: Place) {
    if let number = remembered.removeValue(forKey: place) { reserved.remove(number) }
  }

  /// The node with that number goes; its name stays.
  mutating func left(_ number: InodeID, at place: Place) {
    guard number != InodeNumbers.hash(place) else { return }
    if remembered.count >= InodeNumbers.maximumRemembered { (remembered, reserved) = ([:], []) }
    remembered[place] = number
    reserved.insert(number)
  }

  /// Another one in each process: nobody can make names whose numbers are all the same.
  private static func hash(_ place: Place) -> InodeID {
    var hasher = Hasher()
    hasher.combine(place)
    return InodeID(UInt64(bitPattern: Int64(hasher.finalize())))
  }
}
