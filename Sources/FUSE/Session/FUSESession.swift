// SPDX-License-Identifier: Apache-2.0
//
// One mount: from the mount point and a file system to answered system calls.
//
// For: the composition root. It makes a session, which mounts; calls `run` on a thread of its own, which serves until the
// mount is gone; and ends it in one of two ways. `unmount` while it runs is the clean one: the kernel writes back what
// programs changed through mmap, and `run` returns when the last user is gone. `stop` ends the loop at once; then
// `unmount` fails whatever is still waiting.
// Threads: every method from any thread; `run` once. What can go wrong: between the end of `run` and `unmount` programs
// that touch the mount point hang, so call it promptly. A worker that is blocked in the file system keeps `run` waiting.

import CFUSE
import Glibc
import Locking
package import Logging
package import VFS

// SAFETY: `session` is made in init and destroyed in deinit. Workers use it between them, within `run`, which holds self.
// `fuse_session_unmount`, which closes its descriptor, is called only when no worker is there (phase, under the lock).
package final class FUSESession: @unchecked Sendable {
  private enum Phase {
    case mounted, running, ended, unmounted
  }

  private let session: OpaquePointer
  private let mountPoint: String
  private let readAhead: Int
  private let connection: Connection
  let pool: WorkerPool
  private let logger: Logger
  private let phase = Lock(Phase.mounted)

  /// Mounts the file system. Requests wait in the kernel until ``run()``.
  package convenience init(
    configuration: FUSESessionConfiguration, fileSystem: any FileSystem, logger: Logger
  ) throws(MountError) {
    try self.init(configuration: configuration, fileSystem: fileSystem, logger: logger, preflight: MountPreflight())
  }

  init(
    configuration: FUSESessionConfiguration, fileSystem: any FileSystem, logger: Logger, preflight: MountPreflight
  ) throws(MountError) {
    mountPoint = try preflight.check(
      mountPoint: configuration.mountPoint, options: configuration.fileSystemOptions)
    readAhead = configuration.readAhead
    self.logger = logger
    connection = Connection(configuration: configuration, fileSystem: fileSystem, logger: logger)
    LibraryLog.install(logger)
    session = try Self.makeSession(configuration, connection)
    pool = WorkerPool(session: session, connection: connection, limits: configuration.threads, logger: logger)
    let (session, mountPoint) = (session, mountPoint)
    let (code, messages) = LibraryLog.recording { fuse_session_mount(session, mountPoint) }
    guard code == 0 else {
      // deinit destroys the session: all properties have their values.
      throw .failed(configuration.mountPoint, cause: messages.isEmpty ? "fusermount3 refused" : messages)
    }
  }

  deinit {
    if phase.withLock({ $0 }) != .unmounted { closeAndUnmount() }
    fuse_session_destroy(session)
  }

  /// Serves the kernel's requests; blocks until the mount is gone or ``stop()`` was called, and all workers are done.
  package func run() {
    let mayRun = phase.withLock { phase in
      guard phase == .mounted else { return false }
      phase = .running
      return true
    }
    guard mayRun else { return }
    // A program that opens a file as soon as the mount is there reads it with this, too.
    pool.run {
      if geteuid() == 0, !ReadAheadSetting.apply(kibibytes: readAhead, mountPoint: mountPoint) {
        logger.info("cannot set the kernel's read-ahead", metadata: ["mountPoint": "\(mountPoint)"])
      }
    }
    phase.withLock { $0 = .ended }
  }

  /// Ends ``run()`` after the requests that are being served. The mount stays, unanswered: call ``unmount(whenBusy:)`` next.
  package func stop() { pool.stop() }

  /// What ``unmount(whenBusy:)`` does while programs use the mount.
  package enum BusyPolicy: Sendable {
    /// Takes it out of the tree; open files work on, and ``run()`` returns when the last is closed.
    case detach
    /// Throws EBUSY.
    case fail
  }

  /// Unmounts. While ``run()`` serves, ``run()`` returns soon after; when it has returned, or was never called, the mount
  /// is gone at the end of the call and whatever waits for an answer fails with ECONNABORTED. Does nothing when it is gone.
  ///
  /// Throws EBUSY with ``BusyPolicy/fail``; EPERM when this process may not unmount.
  package func unmount(whenBusy policy: BusyPolicy = .detach) throws(Errno) {
    let found = phase.withLock { phase in
      let found = phase
      if phase != .running { phase = .unmounted }
      return found
    }
    switch found {
    case .mounted, .ended: closeAndUnmount()
    case .running: try Detaching.unmount(mountPoint, whenBusy: policy == .detach)
    case .unmounted: break
    }
  }

  /// Only when no worker is left: libfuse closes the descriptor.
  private func closeAndUnmount() {
    fuse_session_unmount(session)
    // libfuse takes an aborted connection for a mount that is gone, but `umount -f` of a busy one leaves it there.
    Detaching.removeDeadMount(at: mountPoint)
  }

  /// Waits until the mount answers requests. False when it ended first or the time ran out.
  ///
  /// - Parameter timeout: in seconds; nil waits for ever.
  package func waitUntilLive(timeout: Double?) -> Bool { pool.waitUntilLive(timeout: timeout) }

  /// Threads that exist, and those among them that wait for a request.
  package var workers: (total: Int, idle: Int) {
    let census = pool.census
    return (census.workers, census.idle)
  }

  private static func makeSession(
    _ configuration: FUSESessionConfiguration, _ connection: Connection
  ) throws(MountError) -> OpaquePointer {
    var arguments = MountArguments(configuration)
    var operations = fuse_lowlevel_ops.pail
    // Unretained: the session object owns both and destroys libfuse's session first.
    let userdata = Unmanaged.passUnretained(connection).toOpaque()
    let (session, messages) = LibraryLog.recording {
      arguments.withArguments {
        pail_fuse_session_new(&$0, &operations, MemoryLayout<fuse_lowlevel_ops>.size, userdata)
      }
    }
    guard let session else { throw .invalidOptions(messages) }
    return session
  }
}
