// SPDX-License-Identifier: Apache-2.0
//
// The process that serves one mount, from its first check to its exit.
//
// For: `pail mount`, in the foreground or as the process that ``DaemonLauncher`` starts. Threads: main runs ``run`` and
// later the supervisor; one takes signals; one runs the session (which has workers of its own); control connections have
// theirs. State: only what those parts have.
// Signals: SIGTERM and SIGINT end the mount in order (see ``Shutdown``) and the process exits with 0 when all is uploaded,
// with 3 when something stays in the cache. A second one leaves at once; nothing is lost, because what is not uploaded lies
// in the cache directory. SIGHUP reopens the log file. Before the mount is live every signal just ends the process.
// What can go wrong: everything up to "live" is one MountFailure, told over the readiness pipe or on standard error.

import Credentials
import Glibc
import Locking
import Logging

package enum Daemon {
  /// Seconds for tokens that are being exchanged: the answer has the only ones that are good then.
  private static let settling = 60.0

  /// Exit codes besides 0 and those of mount(8).
  package static let exitWithDataLeft: Int32 = 3

  /// Mounts, serves until the end and returns the exit code.
  ///
  /// - Parameter readiness: the descriptor to report to; nil in the foreground. Throws when the mount does not come to be;
  ///   the failure is reported over the pipe already.
  package static func run(
    options: MountOptions, environment: HostEnvironment, readiness: Int32?
  ) throws(MountFailure) -> Int32 {
    SignalThread.blockSignals()
    umask(0o077)
    OpenFileLimit.raise()
    if let readiness { InheritedDescriptors.close(keeping: readiness) }
    let pipe = ReadinessPipe(descriptor: readiness)
    let signals = SignalReaction()
    do throws(MountFailure) {
      guard SignalThread.start(onSignal: signals.receive) else { throw .init("no thread for signals") }
      let start = try MountStart(options: options, environment: environment, report: { pipe.send(.stage($0)) })
      let mount = try start.mount(signals: signals)
      if readiness != nil { detachOutput(to: options.logFile.map(environment.absolute)) }
      guard pipe.send(.ready) else {
        mount.abandon()
        throw .init("the command that wanted the mount is gone")
      }
      pipe.close()
      let code = mount.serve()
      UserSession.settle(seconds: settling)
      return code
    } catch {
      pipe.send(.failed(error))
      UserSession.settle(seconds: settling)
      throw error
    }
  }

  /// Standard streams lead nowhere, or standard error to the log file, where the runtime's last words are of use.
  private static func detachOutput(to logFile: String?) {
    _ = chdir("/")
    let null = open("/dev/null", O_RDWR | O_CLOEXEC)
    guard null >= 0 else { return }
    let log = logFile.map { open($0, O_WRONLY | O_APPEND | O_CLOEXEC) } ?? -1
    dup2(null, 0)
    dup2(null, 1)
    dup2(log >= 0 ? log : null, 2)
    for descriptor in [null, log] where descriptor > 2 { close(descriptor) }
  }
}
