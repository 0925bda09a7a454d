// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A command at a terminal of its own, and somebody who types.
package struct TerminalSession {
  /// Waits for a text, then types another; a secret one must appear nowhere.
  package struct Turn: Encodable {
    package let prompt: String
    package let answer: String
    package let isSecret: Bool

    package init(prompt: String, answer: String, isSecret: Bool = false) {
      (self.prompt, self.answer, self.isSecret) = (prompt, answer, isSecret)
    }
  }

  package struct Outcome: Decodable {
    /// All that the terminal showed.
    package let output: String
    /// Exit status; 128 and the signal's number when a signal ended it.
    package let status: Int32
    /// Whether what is typed was shown, at each turn, and in the end.
    package let echo: [Bool]
    package let finalEcho: Bool
    /// Where a secret was found: `cmdline`, `environ`, `output`.
    package let leaks: [String]
  }

  private let program: PailProgram
  private let environment: [String: String]

  package init(program: PailProgram, environment: [String: String]) {
    (self.program, self.environment) = (program, environment)
  }

  package func run(_ arguments: [String], _ turns: [Turn]) async throws -> Outcome {
    let script = program.directory.path("turns-\(UUID().uuidString)")
    try JSONEncoder().encode(turns).write(to: URL(fileURLWithPath: script))
    let outcome = try await Shell.run(
      "python3", ["-c", Self.script, script, PailProgram.path] + arguments, in: program.directory.path,
      environment: environment, timeLimit: 60)
    guard outcome.succeeded else { throw TestSupportError("the terminal: \(outcome.error)") }
    return try JSONDecoder().decode(Outcome.self, from: Data(outcome.output.utf8))
  }

  private static let script = """
    import json, os, pty, select, sys, termios, time

    with open(sys.argv[1]) as file:
        turns = json.load(file)
    secrets = [turn["answer"].encode() for turn in turns if turn["isSecret"]]
    child, terminal = pty.fork()
    if child == 0:
        os.execv(sys.argv[2], sys.argv[2:])
    seen = b""
    leaks = set()

    def read(deadline):
        global seen
        if not select.select([terminal], [], [], max(0, deadline - time.monotonic()))[0]:
            raise TimeoutError(seen)
        try:
            chunk = os.read(terminal, 4096)
        except OSError:
            chunk = b""
        seen += chunk
        return chunk

    def shows():
        return bool(termios.tcgetattr(terminal)[3] & termios.ECHO)

    echo = []
    position = 0
    for turn in turns:
        deadline = time.monotonic() + 20
        while turn["prompt"].encode() not in seen[position:]:
            if not read(deadline):
                sys.exit("it ended early: " + repr(seen))
        position = seen.index(turn["prompt"].encode(), position) + len(turn["prompt"])
        echo.append(shows())
        os.write(terminal, turn["answer"].encode())
        for name in "cmdline", "environ":
            try:
                with open(f"/proc/{child}/{name}", "rb") as file:
                    content = file.read()
            except OSError:
                content = b""  # it has ended
            leaks.update(name for secret in secrets if secret.strip() in content)
    deadline = time.monotonic() + 20
    while read(deadline):
        pass
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    leaks.update("output" for secret in secrets if secret.strip() in seen)
    print(json.dumps({
        "output": seen.decode(errors="replace"), "status": status if status >= 0 else 128 - status, "echo": echo,
        "finalEcho": shows(), "leaks": sorted(leaks)}))
    """
}
