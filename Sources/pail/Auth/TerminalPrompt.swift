// SPDX-License-Identifier: Apache-2.0
//
// Asks whoever sits at the terminal, also when standard input and output go elsewhere.
//
// State: the terminal's settings, changed while a secret is typed and always put back: before the process ends or stops by a
// signal too, which is noted, and sent again when the terminal is as it was. Blocks its thread. What can go wrong: there is no
// terminal, or it is closed: nobody answers; it cannot be kept from showing a secret: nothing is asked.

import Credentials
import Glibc
import Synchronization

enum TerminalPrompt {
  /// The last signal, or 0.
  private static let received = Atomic<Int32>(0)
  private static let signals = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]
  private static let limit = 4_096
  /// Milliseconds: how late a signal is noticed that another thread got.
  private static let interval: Int32 = 100

  /// Asks and reads a line.
  ///
  /// - Parameter isSecret: what is typed is not shown.
  /// - Returns: nil when there is no terminal or its input has ended.
  /// - Throws: when the terminal would show the secret, and after a signal.
  static func ask(_ prompt: String, isSecret: Bool) throws(CommandFailure) -> Secret? {
    let terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return nil }
    defer { close(terminal) }
    while true {
      received.store(0, ordering: .relaxed)
      let handlers = catchSignals()
      let answer: Result<Secret?, CommandFailure>
      do throws(CommandFailure) {
        answer = .success(try readLine(terminal, prompt, isSecret: isSecret))
      } catch {
        answer = .failure(error)
      }
      for (signal, handler) in handlers {
        var handler = handler
        sigaction(signal, &handler, nil)
      }
      let signal = received.load(ordering: .relaxed)
      if signal == 0 { return try answer.get() }
      kill(getpid(), signal)
      // It was only stopped, and goes on.
      if signal == SIGTSTP { continue }
      throw CommandFailure("interrupted", exitCode: Interruption.exitCode)
    }
  }

  /// Shows a line.
  static func show(_ text: String) {
    let terminal = open("/dev/tty", O_WRONLY | O_CLOEXEC | O_NOCTTY)
    guard terminal >= 0 else { return }
    put(text + "\n", terminal)
    close(terminal)
  }

  private static func readLine(
    _ terminal: Int32, _ prompt: String, isSecret: Bool
  ) throws(CommandFailure) -> Secret? {
    var before = termios()
    if isSecret {
      guard tcgetattr(terminal, &before) == 0 else { throw loud }
      var silent = before
      silent.c_lflag &= ~tcflag_t(ECHO)
      silent.c_lflag |= tcflag_t(ECHONL)
      // What was typed before the question is no answer to it.
      guard tcsetattr(terminal, TCSAFLUSH, &silent) == 0 else { throw loud }
    }
    defer { if isSecret { tcsetattr(terminal, TCSADRAIN, &before) } }
    put(prompt, terminal)
    var hasEnded = false
    let answer = Secret(capacity: limit) { memory in
      var count = 0
      while received.load(ordering: .relaxed) == 0, count < memory.count {
        var poller = pollfd(fd: terminal, events: Int16(POLLIN), revents: 0)
        guard poll(&poller, 1, interval) > 0 else { continue }
        let got = read(terminal, memory.baseAddress.map { $0 + count }, memory.count - count)
        if got < 0, errno == EINTR { continue }
        if got <= 0 {
          hasEnded = count == 0
          break
        }
        count += got
        if memory[count - 1] == UInt8(ascii: "\n") { break }
      }
      return SecretInput.lineLength(memory, count)
    }
    if isSecret, hasEnded || received.load(ordering: .relaxed) != 0 { put("\n", terminal) }
    return hasEnded ? nil : answer
  }

  private static var loud: CommandFailure {
    CommandFailure(
      "this terminal would show the password (\(String(cString: strerror(errno)))); use --password-file, --new-password-file"
    )
  }

  /// Notes signals from now on, except those that are ignored; returns what was done with them before.
  private static func catchSignals() -> [(Int32, sigaction)] {
    signals.compactMap { signal in
      var note = sigaction()
      note.__sigaction_handler.sa_handler = { TerminalPrompt.received.store($0, ordering: .relaxed) }
      var before = sigaction()
      guard sigaction(signal, nil, &before) == 0,
        unsafeBitCast(before.__sigaction_handler.sa_handler, to: Int.self) != 1
      else { return nil }
      sigaction(signal, &note, nil)
      return (signal, before)
    }
  }

  private static func put(_ text: String, _ terminal: Int32) {
    let bytes = Array(text.utf8)
    _ = write(terminal, bytes, bytes.count)
  }
}
