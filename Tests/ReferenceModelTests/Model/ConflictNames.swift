// SPDX-License-Identifier: Apache-2.0
//
// Gives conflict copies names that a model can predict: `a.conflict-host-20261121T184502.017Z` is `a#1`, the next one `a#2`.
//
// State: the names seen so far, in the order of their times. Pure. What can go wrong: two copies with one time; the names are
// then one, and the model finds one file too few.

struct ConflictNames {
  static let mark = "#"
  private static let infix = ".conflict-"
  /// -20261121T184502.017Z
  private static let timeLength = 21

  /// By directory-less name with time: the number, per path of the first sighting.
  private var numbers: [String: Int] = [:]
  private var counts: [String: Int] = [:]

  /// The paths as the model calls them.
  mutating func plain(_ paths: [String]) -> [String] {
    for path in paths.sorted() {
      guard let (stem, last) = ConflictNames.split(path), numbers[last] == nil else { continue }
      counts[stem, default: 0] += 1
      numbers[last] = counts[stem]
    }
    return paths.map { path in
      guard let (stem, last) = ConflictNames.split(path), let number = numbers[last] else { return path }
      return "\(stem)\(ConflictNames.mark)\(number)"
    }
  }

  /// The path that it is a copy of, and the last component; nil when it is none.
  private static func split(_ path: String) -> (stem: String, last: String)? {
    guard path.hasSuffix("Z"), path.count > timeLength else { return nil }
    let time = path.suffix(timeLength)
    guard time.first == "-", time.dropFirst().prefix(8).allSatisfy(\.isNumber), time.dropFirst(9).first == "T" else {
      return nil
    }
    let start = path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex
    let last = String(path[start...])
    guard let range = last.firstRange(of: infix) else { return nil }
    return (String(path[..<start]) + last[..<range.lowerBound], last)
  }
}
