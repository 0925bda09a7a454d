// SPDX-License-Identifier: Apache-2.0

import Glibc

/// What `pail umount` does: asks the daemon to unmount and upload, or, where none is, unmounts itself.
package struct UnmountCommand {
  package enum Outcome: Equatable, Sendable {
    /// Nothing is left behind.
    case complete
    /// Data stays in the cache, or attributes are lost: one line that says how much, where, and why.
    case dataLeft(String)
  }

  private let mountPoint: String
  private let environment: HostEnvironment
  private let timeout: Double?
  private let isLazy: Bool

  /// - Parameter timeout: seconds for the uploads; nil for as long as they take.
  package init(
    mountPoint: String, environment: HostEnvironment, timeout: Double?, isLazy: Bool
  ) throws(MountFailure) {
    self.mountPoint = try MountPoint.resolve(mountPoint, environment: environment)
    self.environment = environment
    self.timeout = timeout
    self.isLazy = isLazy
  }

  /// Blocks until the mount is gone and its daemon has ended. Throws when the mount stays, with who is in the way.
  ///
  /// - Parameter onProgress: called about once a second with what the daemon does and what is left.
  package func run(
    onProgress: (MountStatus.State, UploadSummary) -> Void
  ) throws(MountFailure) -> Outcome {
    let directory = MountDirectory(environment: environment)
    guard var client = try directory.client(mountPoint: mountPoint) else { return try withoutDaemon(directory) }
    let request = ControlRequest(.unmount, timeout: timeout, lazy: isLazy)
    let response = try client.ask(request, patience: 60) { progress in
      guard let uploads = progress.uploads, let state = progress.message.flatMap(MountStatus.State.init) else { return }
      onProgress(state, uploads)
    }
    guard response.kind == .result else { throw UnmountCommand.refusal(response, mountPoint: mountPoint) }
    if response.reason == .timedOut {
      return .dataLeft(LeftoverText.words(response.uploads, note: "pail (pid \(client.pid)) goes on uploading"))
    }
    guard client.waitForExit(timeout: 20) else {
      throw .init("\(mountPoint) is unmounted, but pail (pid \(client.pid)) does not end; its log may tell why")
    }
    if let uploads = response.uploads, !uploads.isComplete {
      return .dataLeft(LeftoverText.words(uploads, note: "mount again to upload it"))
    }
    return .complete
  }

  /// A daemon that died leaves a mount that answers nothing, and perhaps data.
  private func withoutDaemon(_ directory: MountDirectory) throws(MountFailure) -> Outcome {
    guard let top = MountTable.top(at: mountPoint), top.isPail, environment.isRoot || DeadMount.isDead(mountPoint)
    else {
      throw .init(directory.absence(at: mountPoint))
    }
    let isDead = DeadMount.isDead(mountPoint)
    switch Unmounter.unmount(mountPoint, isLazy: isLazy || isDead, isRoot: environment.isRoot) {
    case .done, .notMounted: break
    case .busy: throw UnmountCommand.busy(mountPoint, users: MountUsers.find(at: mountPoint))
    case .failed(let reason): throw .init("\(mountPoint): \(reason)")
    }
    guard isDead else {
      return .dataLeft("unmounted; its pail could not be asked, and goes on uploading what is left, if anything")
    }
    let cache = directory.abandonedCache(mountPoint: mountPoint).map { " in \($0)" } ?? ""
    return .dataLeft(
      "unmounted; its pail had died before: what it had not uploaded, if anything, is\(cache); mount again to upload it"
    )
  }

  private static func refusal(_ response: ControlResponse, mountPoint: String) -> MountFailure {
    if response.reason == .busy { return busy(mountPoint, users: response.users ?? []) }
    return MountFailure("\(mountPoint): \(response.message ?? "the unmount failed")")
  }

  private static func busy(_ mountPoint: String, users: [MountUser]) -> MountFailure {
    // A descriptor that this command inherited is its shell's.
    let users = users.filter { $0.pid != getpid() }
    let who = users.isEmpty ? "a process that only root may see" : users.map(\.description).joined(separator: "; ")
    return MountFailure("\(mountPoint) is busy: \(who); close it and try again, or add --lazy")
  }
}
