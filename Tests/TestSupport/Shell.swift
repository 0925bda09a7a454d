// SPDX-License-Identifier: Apache-2.0
//
// Runs programs and collects what they print.
//
// For: tests that use a mount, a server or `pail` as their users do. State: none. Threads: `run` may be awaited anywhere;
// the waiting happens on a thread of its own.
// What can go wrong: a program that does not end within its time is killed with all its children, and `timedOut` says so.

import Glibc

package enum Shell {
  /// What became of a program.
  package struct Outcome: Sendable {
    /// The exit status; 128 and the signal's number when a signal ended it, as in a shell.
    package let status: Int32
    /// Standard output and standard error as text; bytes that are no UTF-8 are replaced.
    package let output: String
    package let error: String
    package let timedOut: Bool

    package var succeeded: Bool { status == 0 && !timedOut }
    /// The output without the newline at its end.
    package var line: String { output.hasSuffix("\n") ? String(output.dropLast()) : output }
  }

  /// The program could not be started.
  package struct StartError: Error, CustomStringConvertible {
    package let command: String
    package let code: Int32

    package var description: String { "cannot start \(command): \(String(cString: strerror(code)))" }
  }

  /// Runs `command`, found through PATH, until it ends.
  ///
  /// - Parameters:
  ///   - directory: its working directory; nil is ours.
  ///   - environment: variables set in addition to ours.
  ///   - timeLimit: in seconds.
  package static func run(
    _ command: String, _ arguments: [String] = [], in directory: String? = nil, environment: [String: String] = [:],
    timeLimit: Double = 60
  ) async throws -> Outcome {
    try await BlockingWork.run {
      try runBlocking(command, arguments, in: directory, environment: environment, timeLimit: timeLimit)
    }
  }

  /// ``run(_:_:in:environment:timeLimit:)`` for a thread that may block.
  package static func runBlocking(
    _ command: String, _ arguments: [String] = [], in directory: String? = nil, environment: [String: String] = [:],
    timeLimit: Double = 60
  ) throws -> Outcome {
    // posix_spawn changes the directory only through a GNU extension that Swift's Glibc leaves out.
    let start = directory.map { ["env", "--chdir=\($0)"] } ?? []
    return try ChildProcess(start + [command] + arguments, environment: environment).collect(timeLimit: timeLimit)
  }

  /// Runs `script` with `/bin/sh -ec`; `$1` and so on are `arguments`.
  package static func script(
    _ script: String, _ arguments: [String] = [], in directory: String? = nil, environment: [String: String] = [:],
    timeLimit: Double = 60
  ) async throws -> Outcome {
    try await run(
      "/bin/sh", ["-ec", script, "sh"] + arguments, in: directory, environment: environment, timeLimit: timeLimit)
  }
}
