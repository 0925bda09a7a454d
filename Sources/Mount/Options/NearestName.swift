// SPDX-License-Identifier: Apache-2.0

/// Finds the name somebody meant.
package enum NearestName {
  /// The candidate with the fewest edits (Levenshtein); nil when more than a third of the letters would have to change.
  package static func of(_ name: String, among candidates: [String]) -> String? {
    let closest = candidates.map { ($0, distance(name, $0)) }.min { $0.1 < $1.1 }
    guard let (candidate, edits) = closest, edits <= max(1, name.count / 3) else { return nil }
    return candidate
  }

  private static func distance(_ left: String, _ right: String) -> Int {
    let left = Array(left.utf8.prefix(64))
    let right = Array(right.utf8.prefix(64))
    var row = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, b) in right.enumerated() {
        let substituted = diagonal + (a == b ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[right.count]
  }
}
