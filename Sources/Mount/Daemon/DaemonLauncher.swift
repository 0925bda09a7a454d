// SPDX-License-Identifier: Apache-2.0
//
// Starts the daemon and waits until the mount is live.
//
// For: `pail mount` without --foreground. The daemon is this program once more, by posix_spawn, in a session of its own:
// fork(2) without exec would copy one thread of a process that may have several. It reports over a pipe; the command waits,
// shows what takes long, and ends with the daemon's answer. State: one pipe and a pid; one thread.
// What can go wrong: a daemon that dies or hangs before it answers. Then it is ended here and a mount without a server,
// should there be one, detached; nothing was written through it yet.

import Glibc
import HTTPTransport

package enum DaemonLauncher {
  /// The number under which the daemon finds the pipe.
  package static let descriptor: Int32 = 3
  /// Seconds for everything that can fail; the daemon's own limits are tighter.
  private static let patience = 15.0
  /// Seconds for a cache that recovers after a crash, which is work and not a failure.
  private static let recoveryPatience = 120.0
  static let recoveryStage = "opening the cache"
  /// Seconds for stages that may take longer than everything else.
  private static let patiences = [recoveryStage: recoveryPatience, AmplifyProject.stage: AmplifyProject.patience + 5]

  /// Starts `/proc/self/exe` with `arguments` (without the program's name) and waits.
  ///
  /// - Parameter onWaiting: called about once a second from the third on, with what the daemon does.
  package static func launch(
    arguments: [String], mountPoint: String, onWaiting: (String) -> Void
  ) throws(MountFailure) {
    let (pid, pipe) = try spawn(arguments)
    let start = MonotonicClock.now
    var stage = "starting"
    var stageStart = start
    var deadline = start + patience
    var lines = LineReader(pipe)
    while true {
      let limit = patiences[stage].map { stageStart + $0 } ?? deadline
      guard MonotonicClock.now < limit else {
        abandon(pid, mountPoint: mountPoint)
        throw .init("no answer within \(Int(MonotonicClock.now - start)) s while \(stage); gave up, nothing is mounted")
      }
      switch lines.next(timeout: min(1, limit - MonotonicClock.now)) {
      case .line(let line):
        switch ReadinessMessage(line: line) {
        case .stage(let text):
          if patiences[stage] != nil { deadline += MonotonicClock.now - stageStart }
          (stage, stageStart) = (text, MonotonicClock.now)
        case .ready: return
        case .failed(let failure):
          _ = ChildProcess.wait(for: pid)
          throw failure
        case nil: break
        }
      case .silence: if MonotonicClock.now - start >= 2 { onWaiting(stage) }
      case .end:
        let code = ChildProcess.wait(for: pid)
        abandon(nil, mountPoint: mountPoint)
        throw .init("the mount process ended (\(words(code))) while \(stage); run with --foreground to see more")
      }
    }
  }

  private static func spawn(_ arguments: [String]) throws(MountFailure) -> (pid_t, FileDescriptor) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw .init("no pipe: \(String(cString: strerror(errno)))") }
    let reader = FileDescriptor(owning: ends[0])
    let writer = FileDescriptor(owning: ends[1])
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    // Standard error stays until the mount is live, for words of the runtime should the process crash. glibc clears
    // close-on-exec even when both numbers are the same.
    posix_spawn_file_actions_adddup2(&actions, writer.rawValue, descriptor)
    var attributes = SpawnAttributes.plain(flags: SpawnAttributes.setSession)
    defer { posix_spawnattr_destroy(&attributes) }
    var words = (["pail"] + arguments).map { strdup($0) as UnsafeMutablePointer<CChar>? } + [nil]
    defer { words.forEach { free($0) } }
    var pid: pid_t = 0
    let failure = posix_spawn(&pid, "/proc/self/exe", &actions, &attributes, &words, environ)
    guard failure == 0 else {
      throw .init("the mount process cannot be started: \(String(cString: strerror(failure)))")
    }
    return (pid, reader)
  }

  private static func abandon(_ pid: pid_t?, mountPoint: String) {
    if let pid {
      kill(pid, SIGKILL)
      _ = ChildProcess.wait(for: pid)
    }
    DeadMount.detach(mountPoint, isRoot: geteuid() == 0)
  }

  private static func words(_ code: Int32) -> String {
    code > 128 ? "signal \(code - 128)" : "exit code \(code)"
  }
}
