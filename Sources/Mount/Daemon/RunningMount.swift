// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking
import Logging
import WriteBackCache

/// A mount with everything around it: supervisor, control socket, signals, service manager.
///
/// ``begin(socket:lock:signals:)`` makes it live; then either ``serve()`` or ``abandon()``, on the main thread.
final class RunningMount: Sendable {
  private let options: MountOptions
  private let environment: HostEnvironment
  private let tree: MountedTree
  private let mountPoint: String
  private let log: MountLog
  private let since: String
  private let supervisor: Supervisor
  private let actions: MountActions
  private let notification: ServiceNotification
  private let server = Lock<ControlServer?>(nil)

  init(
    options: MountOptions, environment: HostEnvironment, tree: MountedTree, mountPoint: String, log: MountLog
  ) {
    self.options = options
    self.environment = environment
    self.tree = tree
    self.mountPoint = mountPoint
    self.log = log
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    since = LogLine.timestamp(time)
    actions = MountActions(
      unmount: { tree.unmount(isLazy: $0) }, endSession: { tree.endSession() },
      pendingUploads: { tree.pendingUploads }, drain: { tree.drain(timeout: $0) },
      uploads: { (action, key) throws(MountFailure) in try tree.act(action, key: key) })
    supervisor = Supervisor(actions: actions, logger: log.logger)
    notification = ServiceNotification(environment: environment)
  }

  /// Mounts and answers control connections. Throws when the mount does not become live; nothing is left mounted then.
  func begin(socket: String, lock: ControlLock, signals: SignalReaction) throws(MountFailure) {
    let handler = ControlHandler(
      supervisor: supervisor, actions: actions, mountPoint: mountPoint, cacheDirectory: tree.cacheDirectory,
      status: { [self] in status })
    let server = try ControlServer(
      path: socket, uid: environment.uid, lock: lock, logger: log.logger, handler: handler.handle)
    self.server.withLock { $0 = server }
    do throws(MountFailure) {
      guard server.start() else { throw .init("no thread for the control socket") }
      signals.install(
        SignalReaction.Handlers(
          stop: { [supervisor] in supervisor.stop(.signal) }, leave: { [self] in leave() },
          reopenLog: { [log] in log.reopen() }))
      try tree.mount { [supervisor] in supervisor.sessionEnded() }
    } catch {
      server.close()
      throw error
    }
    supervisor.becameLive()
    log.logger.notice(
      "mounted",
      metadata: [
        "source": "\(options.source.description)", "mountPoint": "\(mountPoint)", "cache": "\(tree.cacheDirectory)",
        "pending": "\(tree.pendingUploads.count)",
      ])
    notification.send("READY=1\nSTATUS=\(options.source.description) at \(mountPoint)")
  }

  /// Serves until the mount has ended and returns the exit code.
  func serve() -> Int32 {
    let left = supervisor.run { [notification] in notification.send("STOPPING=1\nSTATUS=uploading what is left") }
    tree.close()
    for upload in left.uploads {
      log.logger.warning(
        "stays in the cache until the next mount",
        metadata: [
          "key": "\(upload.key)", "size": "\(upload.size)", "state": "\(upload.state.rawValue)",
          "reason": "\(upload.reason ?? "-")", "dataFile": "\(upload.dataFile)",
        ])
    }
    for key in left.attributes.prefix(20) {
      log.logger.error("changed attributes are lost: the store could not be told in time", metadata: ["key": "\(key)"])
    }
    log.logger.notice(
      "ended",
      metadata: [
        "mountPoint": "\(mountPoint)", "left": "\(left.uploads.count)", "attributes": "\(left.attributes.count)",
      ])
    server.withLock { $0 }?.close()
    return left.isEmpty ? 0 : Daemon.exitWithDataLeft
  }

  /// Nobody wants the mount any more, right after it became live.
  func abandon() {
    _ = tree.unmount(isLazy: true)
    tree.close()
    server.withLock { $0 }?.close()
  }

  /// The second signal: out of the tree, so that nobody finds a dead mount, and gone. The cache is safe at any moment.
  private func leave() -> Never {
    log.logger.warning("second signal: leaving at once; what is not uploaded stays in \(tree.cacheDirectory)")
    if MountTable.top(at: mountPoint)?.isPail == true {
      _ = Unmounter.unmount(mountPoint, isLazy: true, isRoot: environment.isRoot)
    }
    server.withLock { $0 }?.close()
    _exit(Daemon.exitWithDataLeft)
  }

  private var status: MountStatus {
    let pending = tree.pendingUploads
    let unreadable = tree.unreadable
    return MountStatus(
      source: options.source.description, mountPoint: mountPoint, state: supervisor.state, pid: getpid(), since: since,
      // The store is one; its buckets may be in several regions.
      endpoint: tree.buckets.first?.connection.endpoint ?? "",
      region: Set(tree.buckets.map(\.connection.region)).sorted().joined(separator: ", "),
      cacheDirectory: tree.cacheDirectory,
      options: options.given,
      requests: tree.buckets.reduce(into: [:]) { $0.merge($1.connection.requestCounts, uniquingKeysWith: +) },
      pending: pending.prefix(ControlProtocol.pendingLimit).map(PendingReport.init), pendingCount: pending.count,
      pendingBytes: pending.reduce(0) { $0 + $1.size },
      unreadable: Array(unreadable.prefix(20)), unreadableCount: unreadable.count, storeNotes: [])
  }
}
