// SPDX-License-Identifier: Apache-2.0
//
// Whether one listing of a directory is cheaper than asking for each name. Pure.
//
// For: a program that makes many files. Each name is looked up first, and is absent: two requests a file, which cost more time than
// the file itself where close does not wait for the upload. A listing that is young answers for all names, but a page of it tells
// only 1,000. State: how many names were found absent since a moment, and how many pages the last listing had.
// What can go wrong: a directory that has, or grew by, more pages than the misses are worth: the listing stops there, and the
// next one wants twice as many misses as pages were seen to be there.

struct MissTally: Equatable, Sendable {
  private var count = 0
  /// Monotonic seconds.
  private var since = -Double.infinity
  private var pages = 1

  /// Names that must have been absent before a listing is thought of; few programs look for that many in vain.
  private static let threshold = 8
  /// A page takes the store longer than a HEAD.
  private static let namesPerPage = 4

  init() {}

  /// A name was absent, whoever said so.
  ///
  /// - Parameter period: seconds that a listing is believed.
  mutating func noteMiss(at now: Double, period: Double) {
    if now - since > 2 * period { (count, since) = (0, now) }
    count += 1
  }

  /// How many pages of the directory the caller shall list now, at most; 0 for none. Counts anew otherwise, so that it is told
  /// so once.
  mutating func pagesToList(at now: Double, period: Double) -> Int {
    guard now - since <= 2 * period, count >= max(MissTally.threshold, MissTally.namesPerPage * pages) else { return 0 }
    defer { (count, since) = (0, now) }
    return count / MissTally.namesPerPage
  }

  /// - Parameter isComplete: whether the directory has no more pages; otherwise nobody knows how many.
  mutating func noteListing(pages: Int, isComplete: Bool) { self.pages = max(1, isComplete ? pages : 2 * pages) }
}
