// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

/// `pail auth` against a user pool that checks proofs.
@Suite("pail auth")
struct AuthCommandTests {
  private let program: PailProgram
  private let pool: TestUserPool
  private let password = "Correct-horse-9"

  init() async throws {
    program = try PailProgram()
    pool = try await TestUserPool()
    try write("amplify_outputs.json", pool.outputs)
    try write("password", password + "\n")
  }

  private var environment: [String: String] {
    program.environment.merging(["AWS_ENDPOINT_URL": pool.server.endpoint]) { $1 }
  }

  private func write(_ name: String, _ text: String, mode: mode_t = 0o600) throws {
    let path = program.directory.path(name)
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    chmod(path, mode)
  }

  private func auth(_ arguments: String..., added: [String: String] = [:]) async throws -> Shell.Outcome {
    // Without a terminal, whoever runs the tests.
    try await Shell.run(
      "setsid", ["-w", PailProgram.path, "auth"] + arguments, in: program.directory.path,
      environment: environment.merging(added) { $1 }, timeLimit: 30)
  }

  private var terminal: TerminalSession { TerminalSession(program: program, environment: environment) }

  @Test("signs in, tells who it is, and signs out")
  func cycle() async throws {
    try await pool.addUser("ada", password: password, groups: ["admin"])
    let guest = try await auth("whoami")
    #expect(guest.succeeded && guest.output.hasPrefix("User:     nobody is signed in: a guest\nIdentity: us-east-1:"))
    let signIn = try await auth("sign-in", "--user", "ada", "--password-file", "password")
    #expect(signIn.succeeded, "\(signIn.error)")
    #expect(signIn.output == "signed in as ada\n" && signIn.error.isEmpty)
    let whoami = try await auth("whoami")
    #expect(whoami.output.contains("Groups:   admin\n") && whoami.output.contains("Expires:  "))
    let json = try await auth("whoami", "--json")
    let answer = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect((answer["user"] as? [String: Any])?["name"] as? String == "ada")
    #expect(answer["isGuest"] as? Bool == false)
    #expect((answer["identityID"] as? String)?.hasPrefix("us-east-1:") == true)
    #expect(json.output.contains("\"expiresAt\":\"20"))
    #expect(try await auth("sign-out").output == "ada is signed out\n")
    #expect(try await auth("sign-out").output == "nobody is signed in\n")
    #expect(try await auth("whoami").output == guest.output)
  }

  @Test("a wrong password is told in one line")
  func wrongPassword() async throws {
    try await pool.addUser("ada", password: password)
    try write("password", "wrong\n")
    for user in ["ada", "nobody"] {
      let outcome = try await auth("sign-in", "--user", user, "--password-file", "password")
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.error == "pail: the user name or the password is wrong\n")
    }
  }

  @Test("a password comes through a descriptor, and is not in ps")
  func descriptor() async throws {
    try await pool.addUser("ada", password: password)
    // The pipe stays open until somebody has looked.
    let script = """
      mkfifo pipe
      "$1" auth sign-in --user ada --password-fd 3 3< pipe > out 2> err & child=$!
      exec 4> pipe
      printf '%s' "$(cat password)" >&4
      for i in $(seq 200); do
        test "/proc/$child/exe" -ef "$1" && break
        sleep 0.02
      done
      cat "/proc/$child/cmdline" "/proc/$child/environ" | tr '\\0' '\\n' > seen
      exec 4>&-
      wait $child
      cat out err
      """
    let outcome = try await Shell.script(
      script, [PailProgram.path], in: program.directory.path, environment: environment)
    #expect(outcome.succeeded && outcome.line == "signed in as ada", "\(outcome.output)\(outcome.error)")
    let seen = try String(contentsOfFile: program.directory.path("seen"), encoding: .utf8)
    #expect(seen.contains("--password-fd") && seen.contains("HOME=") && !seen.contains(password))
  }

  @Test("what is not given is asked for at the terminal, passwords without showing them")
  func prompts() async throws {
    try await pool.addUser("ada", password: password)
    let outcome = try await terminal.run(
      ["auth", "sign-in"],
      [
        .init(prompt: "User name: ", answer: "ada\n"),
        .init(prompt: "Password of ada: ", answer: password + "\n", isSecret: true),
      ])
    #expect(outcome.status == 0 && outcome.output.hasSuffix("signed in as ada\r\n"), "\(outcome.output)")
    #expect(outcome.echo == [true, false] && outcome.finalEcho)
    #expect(outcome.leaks.isEmpty)
  }

  @Test("a temporary password is replaced at the terminal, or from a file")
  func newPassword() async throws {
    try await pool.addUser("ada", password: password, isTemporary: true)
    let without = try await auth("sign-in", "--user", "ada", "--password-file", "password")
    #expect(without.status == 1 && without.error.contains("--new-password-file"))
    let outcome = try await terminal.run(
      ["auth", "sign-in", "--user", "ada", "--password-file", "password"],
      [
        .init(prompt: "New password: ", answer: "Another-one-1\n", isSecret: true),
        .init(prompt: "The same again: ", answer: "Another-one-2\n", isSecret: true),
        .init(prompt: "New password: ", answer: "Another-one-3\n", isSecret: true),
        .init(prompt: "The same again: ", answer: "Another-one-3\n", isSecret: true),
      ])
    #expect(outcome.status == 0 && outcome.leaks.isEmpty && outcome.finalEcho, "\(outcome.output)")
    #expect(outcome.output.contains("These are two different ones."))
    #expect(outcome.echo == [false, false, false, false])
    try write("password", "Another-one-3")
    #expect(try await auth("sign-in", "--user", "ada", "--password-file", "password").succeeded)
    try await pool.addUser("bob", password: password, isTemporary: true)
    try write("password", password)
    try write("new", "From-a-file-1\n")
    let file = try await auth(
      "sign-in", "--user", "bob", "--password-file", "password", "--new-password-file", "new")
    #expect(file.output == "signed in as bob\n", "\(file.error)")
  }

  @Test("a code is asked for, again when it is wrong, or given by an option")
  func codes() async throws {
    try await pool.addUser("ada", password: password)
    #expect(try await auth("sign-in", "--user", "ada", "--password-file", "password").succeeded)
    let stored = try #require(
      FileManager.default.enumerator(atPath: program.directory.path("state"))?.compactMap { $0 as? String }
        .first { $0.hasSuffix(".json") })
    let record = try Data(contentsOf: URL(fileURLWithPath: program.directory.path("state/" + stored)))
    let tokens = (try JSONSerialization.jsonObject(with: record) as? [String: Any])?["tokens"] as? [String: Any]
    let secret = try await pool.setUpCodes(
      accessToken: try #require(tokens?["access"] as? String), user: "ada")
    let without = try await auth("sign-in", "--user", "ada", "--password-file", "password")
    #expect(without.status == 1 && without.error.contains("--code CODE"))
    let wrong = try await auth("sign-in", "--user", "ada", "--password-file", "password", "--code", "000000")
    #expect(wrong.status == 1 && wrong.error == "pail: the code is wrong\n")
    let code = try await TestUserPool.code(secret)
    let option = try await auth("sign-in", "--user", "ada", "--password-file", "password", "--code", code)
    #expect(option.succeeded, "\(option.error)")
    let outcome = try await terminal.run(
      ["auth", "sign-in", "--user", "ada", "--password-file", "password"],
      [
        .init(prompt: "Code from the authenticator app: ", answer: "000000\n"),
        .init(
          prompt: "That code is wrong. Code from the authenticator app: ",
          answer: try await TestUserPool.code(secret) + "\n"),
      ])
    #expect(outcome.status == 0, "\(outcome.output)")
  }

  @Test("a password is not read from a terminal that shows it")
  func shownPassword() async throws {
    for option in ["--password-fd=0", "--password-file=/dev/tty"] {
      let outcome = try await terminal.run(["auth", "sign-in", "--user", "ada", option], [])
      #expect(
        outcome.status == 1 && outcome.output.contains("is a terminal, which would show the password"),
        "\(outcome.output)")
    }
  }

  @Test("Ctrl-C at a password leaves the terminal as it was")
  func interruption() async throws {
    let outcome = try await terminal.run(
      ["auth", "sign-in", "--user", "ada"], [.init(prompt: "Password of ada: ", answer: "\u{3}")])
    #expect(outcome.status == 130 && outcome.echo == [false] && outcome.finalEcho, "\(outcome.output)")
  }

  @Test("a sign-out that the project does not hear forgets all the same, and says so")
  func outage() async throws {
    try await pool.addUser("ada", password: password)
    #expect(try await auth("sign-in", "--user", "ada", "--password-file", "password").succeeded)
    let outcome = try await auth("sign-out", added: ["AWS_ENDPOINT_URL": "http://127.0.0.1:9"])
    #expect(outcome.status == 1)
    #expect(outcome.error.hasPrefix("pail: ada is signed out here, but the sign-in could not be revoked (no answer"))
    #expect(try await auth("sign-out").output == "nobody is signed in\n")
  }

  @Test("what cannot be is said in one line")
  func mistakes() async throws {
    try write("open", password, mode: 0o644)
    try write("empty", "\n")
    try write("other.json", "{\"version\": \"1.4\"}")
    let cases: [(arguments: [String], status: Int32, words: String)] = [
      (["sign-in", "--user", "ada"], 1, "no terminal to ask for the password; use --password-file or --password-fd"),
      (["sign-in", "--password-file", "password"], 1, "no user name was given; name one with --user"),
      (["sign-in", "--user", "ada", "--password-file", "open"], 1, "run: chmod 600 open"),
      (["sign-in", "--user", "ada", "--password-file", "empty"], 1, "empty holds no password"),
      (["sign-in", "--user", "ada", "--password-file", "none"], 1, "none cannot be read: No such file or directory"),
      (["sign-in", "--user", "ada", "--password-fd", "77"], 1, "descriptor 77 cannot be read: Bad file descriptor"),
      (["whoami", "--amplify", "none.json"], 1, "none.json"),
      (["whoami", "--amplify", "other.json"], 1, "other.json has no auth section"),
      (["sign-in", "--password-file", "a", "--password-fd", "3"], 64, "name a file or a descriptor, not both"),
    ]
    for (arguments, status, words) in cases {
      let outcome = try await Shell.run(
        "setsid", ["-w", PailProgram.path, "auth"] + arguments, in: program.directory.path, environment: environment,
        timeLimit: 30)
      #expect(outcome.status == status && outcome.error.contains(words), "\(arguments): \(outcome.error)")
      if status == 1 { #expect(outcome.error.split(separator: "\n").count == 1, "\(arguments): \(outcome.error)") }
      #expect(!outcome.error.contains(password))
    }
  }

  @Test("leaves no core file while it has a password")
  func coreFile() async throws {
    // What it has read of the pipe is in its memory. Another program shows whether crashes leave core files here at all.
    let script = """
      import fcntl, os, resource, signal, struct, subprocess, sys, termios, time
      limit = resource.getrlimit(resource.RLIMIT_CORE)[1]
      resource.setrlimit(resource.RLIMIT_CORE, (limit, limit))
      def crash(process):
          process.send_signal(signal.SIGXCPU)  # ends with a core file, and Swift's runtime does not catch it
          return bool(os.waitpid(process.pid, 0)[1] & 0x80)
      other = crash(subprocess.Popen(["sleep", "60"]))
      reader, writer = os.pipe()
      arguments = [sys.argv[1], "auth", "sign-in", "--user", "ada", "--password-fd", str(reader)]
      process = subprocess.Popen(arguments, pass_fds=[reader])
      os.write(writer, b"half a pass")
      deadline = time.monotonic() + 20
      while struct.unpack("i", fcntl.ioctl(reader, termios.FIONREAD, b"....")) != (0,):
          if time.monotonic() > deadline: sys.exit("not read")
          time.sleep(0.02)
      print("other", other, "pail", crash(process))
      """
    let outcome = try await Shell.run(
      "python3", ["-c", script, PailProgram.path], in: program.directory.path, environment: environment)
    #expect(outcome.succeeded && outcome.line.hasSuffix("pail False"), "\(outcome.output)\(outcome.error)")
  }
}
