// SPDX-License-Identifier: Apache-2.0

import Foundation
import SigV4
import TestSupport
import Testing

@testable import Credentials

/// Real programs, run as a profile would have them run.
@Suite struct CredentialProcessTests {
  private let home: TestHome

  init() throws { home = try TestHome() }

  private func run(
    _ commandLine: String, _ variables: [String: String] = [:], limit: Double = 20
  ) async throws -> AWSCredentials {
    try await CredentialProcess(
      commandLine: commandLine, profile: "p", environment: home.environment(variables), timeLimit: limit
    ).credentials()
  }

  private func message(_ commandLine: String, limit: Double = 20) async throws -> String {
    let error = try await #require(throws: CredentialsError.self) { try await run(commandLine, limit: limit) }
    #expect(error.message.contains("profile 'p'"))
    #expect(!error.message.contains("\n"))
    return error.message
  }

  @Test func documentArgumentsAndEnvironment() async throws {
    let script = try home.writeScript(
      "with space/get",
      """
      printf '%s\\n' "$#" "$@" "$EXTRA" > "$(dirname "$0")/seen"
      ls /proc/self/fd >> "$(dirname "$0")/seen"
      read nothing || echo "no input" >> "$(dirname "$0")/seen"
      echo "noise" >&2
      echo '{"Version": 1, "AccessKeyId": "AKIA", "SecretAccessKey": "sec/ret+", "SessionToken": "tok==",'
      echo ' "Expiration": "2026-11-21T10:00:00+00:00", "Other": {}}'
      """)
    // A descriptor that is not closed on exec, as a C library may open it.
    let leaked = fcntl(2, F_DUPFD, 200)
    defer { close(leaked) }
    let credentials = try await run("\(script) --flag \"two words\" $HOME", ["EXTRA": "kept"])
    #expect(
      credentials
        == AWSCredentials(
          accessKeyID: "AKIA", secretAccessKey: "sec/ret+", sessionToken: "tok==", expiration: 1_795_255_200))
    let seen = try home.read("with space/seen").split(separator: "\n").map(String.init)
    #expect(seen.prefix(5) == ["3", "--flag", "two words", "$HOME", "kept"])
    #expect(seen.last == "no input")
    #expect(!seen.contains("\(leaked)"))
  }

  @Test func programsAreFoundInThePath() async throws {
    let directory = try home.write("bin/marker", "").replacing("/marker", with: "")
    try FileManager.default.createSymbolicLink(atPath: directory + "/get", withDestinationPath: "/bin/echo")
    let document = "{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"S\"}"
    let credentials = try await run("get '\(document)'", ["PATH": "/nowhere:\(directory):/usr/bin:/bin"])
    #expect(credentials == AWSCredentials(accessKeyID: "A", secretAccessKey: "S"))
  }

  @Test(arguments: [
    ("echo nothing", "did not answer with a credentials document"),
    ("echo '{\"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hidden!\"}'", "without \"Version\": 1"),
    ("echo '{\"Version\": 2, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hidden!\"}'", "without \"Version\": 1"),
    ("echo '{\"Version\": 1, \"SecretAccessKey\": \"hidden!\"}'", "without AccessKeyId"),
    (
      "echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"hidden!\", \"Expiration\": \"later\"}'",
      "no time"
    ),
    ("echo '{\"Version\": 1, \"AccessKeyId\": \"hidden!'", "did not answer with a credentials document"),
    ("echo hidden!; echo '  first\tline' >&2; echo second >&2; exit 3", "ended with exit code 3: first"),
    ("exit 7", "ended with exit code 7"),
    ("kill -TERM $$", "was ended by signal 15"),
    ("yes hidden!", "more than 64 KiB"),
    ("sleep 30 & yes complaint >&2; wait", "did not end within 1 seconds"),
    ("exec >&- 2>&-; sleep 30", "did not end within 1 seconds"),
  ]) func failures(script: String, expected: String) async throws {
    let path = try home.writeScript("get", script)
    let message = try await message(path, limit: 1)
    #expect(message.contains(expected), "\(message)")
    #expect(!message.contains("hidden!"))
    #expect(!message.contains("second\u{20}"))
  }

  @Test(arguments: [
    ("/nowhere/get", "no program"), ("nowhere-get", "no program"), ("", "open quote"), ("'a", "open quote"),
  ])
  func commandLinesThatCannotRun(commandLine: String, expected: String) async throws {
    #expect(try await message(commandLine).contains(expected))
  }

  @Test func filesThatAreNoPrograms() async throws {
    let path = try home.write("text", "not a program")
    #expect(try await message(path).contains("no program"))
  }

  /// What a process leaves running must neither delay the answer nor survive a limit.
  @Test func grandchildren() async throws {
    let left = try home.writeScript(
      "leaves",
      "sleep 60 &\necho $! > \(home.path("left"))\necho '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"S\"}'"
    )
    let started = ContinuousClock.now
    #expect(try await run(left).accessKeyID == "A")
    #expect(started.duration(to: .now) < .seconds(10))
    let survivor = try #require(pid_t(try home.read("left").dropLast()))
    #expect(kill(survivor, SIGKILL) == 0, "it may go on, as it would under a shell")

    let hanging = try home.writeScript("hangs", "sleep 60 &\necho $! > \(home.path("hung"))\nwait")
    _ = try await message(hanging, limit: 0.5)
    let child = try #require(pid_t(try home.read("hung").dropLast()))
    // Killed with its group; whoever adopted it reaps it. A zombie is dead too.
    try await eventually(within: .seconds(10), "the child of a program that hangs has ended") { !isRunning(child) }
  }

  private func isRunning(_ process: pid_t) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return false }
    return !status.contains("State:\tZ")
  }

  @Test func manyAtOnceLeaveNothingOpen() async throws {
    let path = try home.writeScript(
      "get", "echo '{\"Version\": 1, \"AccessKeyId\": \"A\", \"SecretAccessKey\": \"S\"}'")
    try await withThrowingTaskGroup(of: String.self) { group in
      for _ in 0..<12 { group.addTask { try await run(path).accessKeyID } }
      for try await id in group { #expect(id == "A") }
    }
  }
}
