// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Runs a small program to its end.
enum ChildProcess {
  struct Outcome {
    /// The exit code, or 128 plus the signal that ended it.
    let exitCode: Int32
    /// What it wrote to standard error, at most 64 KiB.
    let errors: String
  }

  /// Starts `arguments` (found on PATH), without input, with LC_ALL=C, and waits. Nil when it cannot be started.
  static func run(_ arguments: [String]) -> Outcome? {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[0]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
    var attributes = SpawnAttributes.plain()
    defer { posix_spawnattr_destroy(&attributes) }
    var words = arguments.map { strdup($0) as UnsafeMutablePointer<CChar>? } + [nil]
    defer { words.forEach { free($0) } }
    let path = strdup("PATH=/usr/sbin:/usr/bin:/sbin:/bin")
    let locale = strdup("LC_ALL=C")
    defer {
      free(path)
      free(locale)
    }
    var variables: [UnsafeMutablePointer<CChar>?] = [path, locale, nil]
    var pid: pid_t = 0
    let failure = posix_spawnp(&pid, arguments[0], &actions, &attributes, &words, &variables)
    close(ends[1])
    guard failure == 0 else { return nil }
    var errors: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4_096)
    while true {
      let count = read(ends[0], &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      if count <= 0 { break }
      if errors.count < 65_536 { errors.append(contentsOf: chunk[..<count]) }
    }
    return Outcome(exitCode: wait(for: pid), errors: String(decoding: errors, as: UTF8.self))
  }

  /// Waits for a child and translates its status as shells do.
  static func wait(for pid: pid_t) -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) < 0 {
      guard errno == EINTR else { return 127 }
    }
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}

/// Attributes of spawned processes.
enum SpawnAttributes {
  /// glibc's POSIX_SPAWN_SETSID, which its header shows to _GNU_SOURCE only.
  static let setSession: Int32 = 0x80

  /// No signal blocked and none ignored: this process blocks and ignores some, which children would inherit.
  static func plain(flags: Int32 = 0) -> posix_spawnattr_t {
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    var all = sigset_t()
    sigfillset(&all)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | flags))
    return attributes
  }
}
