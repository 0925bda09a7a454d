// SPDX-License-Identifier: Apache-2.0

/// The rename of a directory that has not come to an end: what is under either name cannot be told.
struct UnsettledRename {
  let from: String
  let to: String

  /// Whether the operation asks for something under one of the names, or lists a directory that has one.
  func concerns(_ operation: ModelOperation) -> Bool {
    switch operation {
    case .create(_, let path, _, _), .open(_, let path, _, _), .truncate(let path, _), .unlink(let path),
      .mkdir(let path),
      .rmdir(let path), .stat(let path), .cat(let path):
      concerns(path)
    case .rename(let from, let to): concerns(from) || concerns(to)
    case .readdir(let path): concerns(path) || [from, to].contains { UnsettledRename.parent($0) == path }
    default: false
    }
  }

  private func concerns(_ path: String) -> Bool {
    [from, to].contains { name in path == name || path.hasPrefix(name + "/") || name.hasPrefix(path + "/") }
  }

  private static func parent(_ path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
  }
}
