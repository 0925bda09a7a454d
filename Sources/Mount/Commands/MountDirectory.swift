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
    for path in socketPaths(mountPoint: mountPoint) {
      if let client = try ControlClient(path: path) { return client }
    }
    return nil
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

  /// Tries parked uploads again: all of a mount, or that of one key.
  package func retry(mountPoint given: String, key: String?) throws(MountFailure) {
    let mountPoint = try MountPoint.resolve(given, environment: environment)
    guard var client = try client(mountPoint: mountPoint) else { throw .init(absence(at: mountPoint)) }
    let response = try client.ask(ControlRequest(.retry, key: key))
    guard response.kind == .result else { throw .init(response.message ?? "the retry failed") }
  }

  /// Where the data of a daemon is that ended without order; nil when none did.
  func abandonedCache(mountPoint: String) -> String? {
    socketPaths(mountPoint: mountPoint).lazy.compactMap { ControlLock.note(socketPath: $0) }.first
  }

  func absence(at mountPoint: String) -> String {
    guard let top = MountTable.top(at: mountPoint) else { return "\(mountPoint) is not mounted" }
    guard top.isPail else { return "\(mountPoint) is a mount of another kind (\(top.type)), not of pail" }
    return DeadMount.isDead(mountPoint)
      ? "the pail that served \(mountPoint) has died; run: pail umount \(mountPoint), then mount again"
      : "\(mountPoint) is served by a pail of another user"
  }

  private func socketPaths(mountPoint: String) -> [String] {
    let name = "\(StableHash.hexadecimal(mountPoint)).sock"
    return directories.map { "\($0)/\(name)" }
  }

  private var directories: [String] {
    var directories = [paths.runtimeDirectory]
    if environment.isRoot {
      directories += (FileContents.names(in: "/run/user") ?? []).map { "/run/user/\($0)/pail" }
      directories += (FileContents.names(in: "/tmp") ?? []).filter { $0.hasPrefix("pail-") }.map { "/tmp/\($0)" }
    }
    return directories
  }
}
