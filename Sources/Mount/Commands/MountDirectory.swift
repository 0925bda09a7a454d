// SPDX-License-Identifier: Apache-2.0

/// Finds the daemons of running mounts.
package struct MountDirectory: Sendable {
  private let environment: HostEnvironment
  private let paths: StatePaths

  package init(environment: HostEnvironment) {
    self.environment = environment
    paths = StatePaths(environment)
  }

  /// Connects to the daemon of the mount at `mountPoint` (absolute, resolved); nil when there is none. Root finds those of
  /// every user.
  package func client(mountPoint: String) throws(MountFailure) -> ControlClient? {
    let name = StatePaths.socketName(mountPoint: mountPoint)
    if let client = try ControlClient(path: "\(paths.runtimeDirectory)/\(name)") { return client }
    return foreignDirectories.lazy.compactMap { try? ControlClient(path: "\($0)/\(name)") }.first
  }

  /// The status of every mount that answers, in order of mount points. A daemon that ends meanwhile is left out.
  package func statuses() -> [MountStatus] {
    directories.flatMap { directory in
      (FileContents.names(in: directory) ?? []).filter { $0.hasSuffix(".sock") }.compactMap { name in
        guard var client = try? ControlClient(path: "\(directory)/\(name)") else { return nil }
        return try? client.ask(ControlRequest(.status)).status
      }
    }.sorted { $0.mountPoint < $1.mountPoint }
  }

  /// The status of one mount; throws when nothing is mounted there or its daemon is silent.
  package func status(mountPoint given: String) throws(MountFailure) -> MountStatus {
    let mountPoint = try MountPoint.resolve(given, environment: environment)
    guard var client = try client(mountPoint: mountPoint) else {
      throw .init(absence(at: mountPoint))
    }
    let response = try client.ask(ControlRequest(.status))
    guard let status = response.status else { throw .init(response.message ?? "no status") }
    return status
  }

  /// Asks a mount to do something to all its pending uploads, or to that of one key.
  package func ask(
    _ command: ControlRequest.Command, mountPoint given: String, key: String?
  ) throws(MountFailure) {
    let mountPoint = try MountPoint.resolve(given, environment: environment)
    guard var client = try client(mountPoint: mountPoint) else { throw .init(absence(at: mountPoint)) }
    let response = try client.ask(ControlRequest(command, key: key))
    guard response.kind == .result else { throw .init(response.message ?? "\(command.rawValue) failed") }
  }

  /// Where the data of a daemon is that ended without order; nil when none did.
  func abandonedCache(mountPoint: String) -> String? {
    let name = StatePaths.socketName(mountPoint: mountPoint)
    return directories.lazy.compactMap { ControlLock.note(socketPath: "\($0)/\(name)") }.first
  }

  func absence(at mountPoint: String) -> String {
    guard let top = MountTable.top(at: mountPoint) else { return "\(mountPoint) is not mounted" }
    guard top.isPail else { return "\(mountPoint) is a mount of another kind (\(top.type)), not of pail" }
    return DeadMount.isDead(mountPoint)
      ? "the pail that served \(mountPoint) has died; run: pail umount \(mountPoint), then mount again"
      : "\(mountPoint) is served by a pail of another user"
  }

  private var directories: [String] { [paths.runtimeDirectory] + foreignDirectories }

  /// For root, those of the users. What is a mount itself is left out: a user could make root wait for ever on it.
  private var foreignDirectories: [String] {
    guard environment.isRoot else { return [] }
    let users = (FileContents.names(in: "/run/user") ?? []).filter { UInt32($0) != nil }
    let candidates = users.flatMap { ["/run/user/\($0)/pail", "/tmp/pail-\($0)"] }
    let mounts = Set(MountTable.current().filter { $0.type.hasPrefix("fuse") }.map(\.mountPoint))
    return candidates.filter { !mounts.contains($0) && !mounts.contains(String($0.dropLast("/pail".count))) }
  }
}
