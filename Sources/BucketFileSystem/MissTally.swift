// SPDX-License-Identifier: Apache-2.0
//
// Whether one listing of a directory is cheaper than asking for each name. Pure.
//
// For: a program that makes many files. Each name is looked up first, and is absent: two requests a file, which cost more time than
// the file itself where close does not wait for the upload. A listing that is young answers for all names, but a page of it tells
// only 1,000. State: how many names were found absent since a moment, and how many pages the last listing had.
// What can go wrong: a directory that grows by many pages between two listings; the next decision knows them.

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

  /// Whether the caller shall list the directory now. Counts anew then, so that it is told so once.
  mutating func wantsListing(at now: Double, period: Double) -> Bool {
    guard now - since <= 2 * period, count >= max(MissTally.threshold, MissTally.namesPerPage * pages) else {
      return false
    }
    (count, since) = (0, now)
    return true
  }

  mutating func noteListing(pages: Int) { self.pages = max(1, pages) }
}
