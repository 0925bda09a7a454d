// SPDX-License-Identifier: Apache-2.0
//
// The numbers by which the kernel knows what is below `.records`.
//
// For: every operation. A number is a hash of the place, so that the same place has the same number each time, also one that readdir
// tells and nobody has looked up; its top byte tells it from all numbers of buckets.
// State: the places that the kernel has looked up and not forgotten, behind a lock. Any thread.
// What can go wrong: two places have one hash (once in 2^56); the later one gets the next number.

import Locking
import VFS

final class PlaceTable: Sendable {
  /// The top byte of all numbers: no bucket of a mount has it.
  static let space: UInt64 = 0xFF << 56
  static let root = InodeID(space | InodeID.root.rawValue)

  private struct Known {
    var place: RecordPlace
    var lookups: UInt64
  }

  private let known = Lock<[InodeID: Known]>([:])

  /// The number of a place, for showing it.
  func number(of place: RecordPlace) -> InodeID { known.withLock { PlaceTable.number(of: place, $0) } }

  /// The number of a place that the kernel is about to be told, which it will ``forget(_:count:)`` one day.
  func tell(_ place: RecordPlace) -> InodeID {
    known.withLock { known in
      let number = PlaceTable.number(of: place, known)
      if number != PlaceTable.root { known[number, default: Known(place: place, lookups: 0)].lookups += 1 }
      return number
    }
  }

  func forget(_ inode: InodeID, count: UInt64) {
    known.withLock { known in
      guard let entry = known[inode] else { return }
      if entry.lookups > count { known[inode]?.lookups -= count } else { known[inode] = nil }
    }
  }

  /// Throws ESTALE for a number that was never told, or is forgotten.
  func place(of inode: InodeID) throws(Errno) -> RecordPlace {
    if inode == PlaceTable.root { return .root }
    guard let entry = known.withLock({ $0[inode] }) else { throw .ESTALE }
    return entry.place
  }

  /// How many places the kernel knows.
  var count: Int { known.withLock { $0.count } }

  private static func number(of place: RecordPlace, _ known: [InodeID: Known]) -> InodeID {
    guard place != .root else { return root }
    // Another one in each process: nobody can make ids whose numbers are all the same.
    var hasher = Hasher()
    hasher.combine(place)
    var number = fitting(UInt64(bitPattern: Int64(hasher.finalize())))
    while number.rawValue <= root.rawValue || known[number].map({ $0.place != place }) ?? false {
      number = fitting(number.rawValue &+ 1)
    }
    return number
  }

  private static func fitting(_ number: UInt64) -> InodeID { InodeID(number & ~space | space) }
}
