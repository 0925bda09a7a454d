// SPDX-License-Identifier: Apache-2.0

/// Paths, told apart as a bucket does: by their bytes. `String` takes a composed and a decomposed "é" for equal.
struct PathSet: Sendable, Equatable {
  private var members: Set<[UInt8]> = []

  init(_ paths: some Sequence<String> = []) {
    for path in paths { insert(path) }
  }

  var isEmpty: Bool { members.isEmpty }

  func contains(_ path: String) -> Bool { members.contains(Array(path.utf8)) }

  func isSuperset(of paths: some Sequence<String>) -> Bool { paths.allSatisfy(contains) }

  mutating func insert(_ path: String) { members.insert(Array(path.utf8)) }

  mutating func formUnion(_ other: PathSet) { members.formUnion(other.members) }

  /// Those of these paths that are not in `other`.
  func subtracting(_ other: PathSet) -> PathSet {
    var rest = PathSet()
    rest.members = members.subtracting(other.members)
    return rest
  }

  /// In the order of their bytes.
  var sorted: [String] {
    members.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) }
  }
}

extension String {
  func isSamePath(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
