// SPDX-License-Identifier: Apache-2.0
//
// Runs a program to its end and collects what it prints. For `credential_process` only. Foundation's Process has no limit
// on time or output and leaks the daemon's descriptors and signal mask; posix_spawn(3) takes 100 lines.
//
// State: two pipes and a process id, for the duration of one call. Blocks its thread (see BlockingWork). What can go
// wrong: the program is missing, hangs, prints without end, or leaves a grandchild with the pipes open; each has its limit.
// Its whole process group is killed when a limit is hit.

import Glibc

enum ChildProcess {
  struct Output: Sendable {
    var standardOutput: [UInt8]
    /// The beginning of it.
    var standardError: [UInt8]
    /// As waitpid(2) gives it; nil when somebody else reaped the process.
    var status: Int32?
  }

  enum Failure: Error, Sendable, Equatable {
    case notFound
    case cannotStart(errno: Int32)
    case timedOut
    case tooMuchOutput
  }

  /// Runs a program with nothing as its input.
  ///
  /// - Parameters:
  ///   - arguments: not empty; the first is the program, looked up in `PATH` of `environment` unless it has a slash.
  ///   - timeLimit: in seconds.
  ///   - outputLimit: bytes of standard output.
  static func run(
    _ arguments: [String], environment: [String: String], timeLimit: Double, outputLimit: Int
  ) throws(Failure) -> Output {
    guard let program = executable(arguments.first ?? "", path: environment["PATH"]) else { throw .notFound }
    guard let output = Pipe(), let errors = Pipe() else { throw .cannotStart(errno: errno) }
    let child = try spawn(program, arguments, environment, output: output.writeEnd, errors: errors.writeEnd)
    output.closeWriteEnd()
    errors.closeWriteEnd()
    var reader = ChildReader(
      child: child, output: output.readEnd, errors: errors.readEnd, outputLimit: outputLimit, timeLimit: timeLimit)
    do throws(Failure) {
      return try reader.readToEnd()
    } catch {
      kill(-child, SIGKILL)
      _ = reader.reap(blocking: true)
      throw error
    }
  }

  private static func executable(_ name: String, path: String?) -> String? {
    if name.utf8.contains(UInt8(ascii: "/")) { return access(name, X_OK) == 0 ? name : nil }
    guard !name.isEmpty else { return nil }
    for directory in (path ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":") {
      let candidate = "\(directory)/\(name)"
      if access(candidate, X_OK) == 0 { return candidate }
    }
    return nil
  }

  /// Every open descriptor but the first three. One that is gone by the time of the spawn does no harm there, and those
  /// that are opened meanwhile are O_CLOEXEC.
  private static func inheritable() -> [Int32] {
    guard let directory = opendir("/proc/self/fd") else { return [] }
    defer { closedir(directory) }
    var descriptors: [Int32] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if let descriptor = Int32(name), descriptor > 2 { descriptors.append(descriptor) }
    }
    return descriptors
  }

  private static func spawn(
    _ program: String, _ arguments: [String], _ environment: [String: String], output: Int32, errors: Int32
  ) throws(Failure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, 1)
    posix_spawn_file_actions_adddup2(&actions, errors, 2)
    // The daemon's sockets and cache files are none of its business.
    for descriptor in inheritable() { posix_spawn_file_actions_addclose(&actions, descriptor) }

    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    // A group of its own to kill, and the signal handling of a program that a shell starts.
    posix_spawnattr_setflags(
      &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)

    let argumentPointers = arguments.map { strdup($0) } + [nil]
    let environmentPointers = environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
    var child = pid_t()
    let code = posix_spawn(&child, program, &actions, &attributes, argumentPointers, environmentPointers)
    guard code == 0 else { throw code == ENOENT ? .notFound : .cannotStart(errno: code) }
    return child
  }
}

/// A pipe(2), closed on exec, whose ends are closed with it.
private final class Pipe {
  let readEnd: Int32
  let writeEnd: Int32
  private var isWriteEndOpen = true

  init?() {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    readEnd = ends[0]
    writeEnd = ends[1]
    _ = fcntl(readEnd, F_SETFL, O_NONBLOCK)
  }

  func closeWriteEnd() {
    if isWriteEndOpen { close(writeEnd) }
    isWriteEndOpen = false
  }

  deinit {
    closeWriteEnd()
    close(readEnd)
  }
}
