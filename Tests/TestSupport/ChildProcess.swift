// SPDX-License-Identifier: Apache-2.0

import Glibc
import Locking

/// A running program whose output goes to unlinked temporary files, so that nothing has to be drained and a daemon that it
/// leaves behind keeps nobody waiting. Input is /dev/null. It leads a process group, so that it can be killed with its
/// children.
struct ChildProcess {
  private let pid: pid_t
  private let output: Int32
  private let error: Int32

  init(_ arguments: [String], environment: [String: String]) throws {
    output = try TemporaryFile.open()
    error = try TemporaryFile.open()
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, error, 2)

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK))

    var argumentPointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    var variablePointers: [UnsafeMutablePointer<CChar>?] = Self.variables(environment).map { strdup($0) } + [nil]
    defer { for pointer in argumentPointers + variablePointers { free(pointer) } }
    var child = pid_t()
    let code = posix_spawnp(&child, arguments[0], &actions, &attributes, &argumentPointers, &variablePointers)
    guard code == 0 else {
      close(output)
      close(error)
      throw Shell.StartError(command: arguments[0], code: code)
    }
    pid = child
  }

  /// Waits for the end of the program and closes its files; kills it when the time is over.
  func collect(timeLimit: Double) -> Shell.Outcome {
    let ended = Lock(false)
    let pid = pid
    let watchdog = BlockingWork.startJoinable {
      let inTime = ended.wait(timeout: timeLimit) { $0 ? true : nil } ?? false
      // Not reaped before `ended` is set, so the number is still this child's.
      if !inTime { kill(-pid, SIGKILL) }
      return inTime
    }
    // The program stays a zombie here, so that the watchdog cannot hit another one with its number.
    var information = siginfo_t()
    while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
    ended.withLockAndNotify { $0 = true }
    let timedOut = !watchdog.join()
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0, errno == EINTR {}
    let signal = status & 0x7f
    return Shell.Outcome(
      status: signal == 0 ? (status >> 8) & 0xff : 128 + signal,
      output: Self.contents(closing: output), error: Self.contents(closing: error), timedOut: timedOut)
  }

  private static func contents(closing file: Int32) -> String {
    defer { close(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while case let count = pread(file, &chunk, chunk.count, bytes.count), count > 0 { bytes += chunk[..<count] }
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func variables(_ added: [String: String]) -> [String] {
    var variables: [String] = []
    var next = environ
    while let variable = next.pointee {
      let text = String(cString: variable)
      if !added.keys.contains(where: { text.hasPrefix($0 + "=") }) { variables.append(text) }
      next += 1
    }
    return variables + added.map { "\($0.key)=\($0.value)" }
  }
}
