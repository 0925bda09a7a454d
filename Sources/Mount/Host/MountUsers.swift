// SPDX-License-Identifier: Apache-2.0

import Glibc

/// A process that keeps a mount busy.
package struct MountUser: Codable, Equatable, Sendable {
  package let pid: Int32
  package let name: String
  /// The file it has open, maps or runs, or its working directory.
  package let path: String
  /// "open", "working directory", "root", "program" or "mapped".
  package let use: String

  package var description: String {
    switch use {
    case "open", "mapped": "\(pid) \(name) has \(path) \(use)"
    default: "\(pid) \(name) has its \(use) at \(path)"
    }
  }
}

/// Finds who keeps a mount busy. Reads `/proc` only, which names paths without asking the file system; sees every process
/// as root and one's own otherwise.
package enum MountUsers {
  /// The first `limit` users, one line a process.
  package static func find(at mountPoint: String, limit: Int = 10) -> [MountUser] {
    var users: [MountUser] = []
    let processes = (FileContents.names(in: "/proc") ?? []).compactMap { Int32($0) }.sorted()
    for pid in processes where users.count < limit {
      if let (path, use) = firstUse(of: mountPoint, in: "/proc/\(pid)") {
        let name = FileContents.read("/proc/\(pid)/comm", limit: 64)?.split(separator: "\n").first
        users.append(MountUser(pid: pid, name: name.map(String.init) ?? "?", path: path, use: use))
      }
    }
    return users
  }

  private static func firstUse(of mountPoint: String, in process: String) -> (path: String, use: String)? {
    for descriptor in FileContents.names(in: process + "/fd") ?? [] {
      if let path = FileContents.linkTarget("\(process)/fd/\(descriptor)"), isBelow(path, mountPoint) {
        return (path, "open")
      }
    }
    for (link, use) in [("cwd", "working directory"), ("root", "root"), ("exe", "program")] {
      if let path = FileContents.linkTarget("\(process)/\(link)"), isBelow(path, mountPoint) { return (path, use) }
    }
    for line in (FileContents.read(process + "/maps", limit: 4 << 20) ?? "").split(separator: "\n") {
      // "address perms offset dev inode      path": the path is what follows the fifth field.
      guard let slash = line.firstIndex(of: "/") else { continue }
      let path = String(line[slash...])
      if isBelow(path, mountPoint) { return (path, "mapped") }
    }
    return nil
  }

  package static func isBelow(_ path: String, _ mountPoint: String) -> Bool {
    path == mountPoint || path.hasPrefix(mountPoint == "/" ? "/" : mountPoint + "/")
  }
}
