// SPDX-License-Identifier: Apache-2.0

/// Where a mount keeps its data and its control socket (XDG Base Directory Specification; FHS 3.0 for root).
package struct StatePaths: Sendable {
  private let environment: HostEnvironment

  package init(_ environment: HostEnvironment) { self.environment = environment }

  /// The cache directory of a mount that names none: data that is not in the bucket yet is state, not cache, so that no
  /// cleaner empties it.
  package func cacheDirectory(of identity: MountIdentity) -> String { stateDirectory + "/" + identity.directoryName }

  /// Where commands remember what a later one can go on with.
  package var commandDirectory: String { absoluteVariable("XDG_STATE_HOME").map { $0 + "/pail" } ?? stateDirectory }

  /// Where workflows with records are noted, by mounts and commands, for `pail records repair`.
  package var recordsDirectory: String { commandDirectory + "/records" }

  private var stateDirectory: String {
    if environment.isRoot { return "/var/lib/pail" }
    return (absoluteVariable("XDG_STATE_HOME") ?? environment.home + "/.local/state") + "/pail"
  }

  /// The directory of this user's control sockets; `PAIL_RUNTIME_DIR` names another, for whoever has no `/run`.
  package var runtimeDirectory: String {
    if let directory = absoluteVariable("PAIL_RUNTIME_DIR") { return directory }
    if environment.isRoot { return "/run/pail" }
    if let directory = absoluteVariable("XDG_RUNTIME_DIR") { return directory + "/pail" }
    return "/tmp/pail-\(environment.uid)"
  }

  /// The control socket of the mount at `mountPoint` (absolute, resolved). Short: socket addresses end at 107 bytes.
  package func controlSocket(mountPoint: String) -> String {
    "\(runtimeDirectory)/\(StatePaths.socketName(mountPoint: mountPoint))"
  }

  static func socketName(mountPoint: String) -> String { "\(StableHash.hexadecimal(mountPoint)).sock" }

  /// Relative values are invalid and to be ignored, says the XDG specification.
  private func absoluteVariable(_ name: String) -> String? {
    guard let value = environment.variables[name], value.hasPrefix("/") else { return nil }
    return value
  }
}
