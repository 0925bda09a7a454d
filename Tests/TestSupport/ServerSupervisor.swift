// SPDX-License-Identifier: Apache-2.0
//
// The connection to `scripts/test-server`, or a program that talks like it: it runs one server for as long as this process
// lives.
//
// State: a socket pair's end and the program's process id. The socket is close-on-exec, so that this process alone holds
// it: however the process ends, the program reads an end of file, kills the server and removes its directory.
// Any thread may call; commands wait for each other. What can go wrong: the program dies, then every command throws.

import Foundation
import Glibc
import Locking

final class ServerSupervisor: Sendable {
  /// The longest a command may take, in milliseconds: a start may try four times 30 s.
  private static let timeout: Int32 = 130_000

  private let socket: Int32
  private let process: pid_t
  private let conversation = Lock(())

  /// Starts `script`, of the package's `scripts`.
  init(_ script: String, _ arguments: String...) throws {
    let program = PackageDirectory.root + "/scripts/" + script
    var ends: [Int32] = [-1, -1]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw TestSupportError("socketpair: \(String(cString: strerror(errno)))")
    }
    defer { close(ends[1]) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[1], 0)
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1)
    // Not this process's standard error: whoever reads that waits for its last writer.
    posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
    var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
    defer { for word in words { free(word) } }
    var identifier: pid_t = 0
    let status = posix_spawn(&identifier, program, &actions, nil, &words, environ)
    guard status == 0 else {
      close(ends[0])
      throw TestSupportError("cannot start \(program): \(String(cString: strerror(status)))")
    }
    socket = ends[0]
    process = identifier
  }

  deinit {
    shutdown(socket, Int32(SHUT_RDWR))
    close(socket)
    // The server's files are gone when this returns.
    while waitpid(process, nil, 0) == -1, errno == EINTR {}
  }

  /// Reads the program's first message.
  func greeting() throws -> [String: Any] {
    try conversation.withLock { _ in try read() }
  }

  /// Sends `command`, one line, and returns the answer.
  ///
  /// - Throws: ``TestSupportError`` with the program's own words if it reports an error.
  @discardableResult
  func perform(_ command: String) throws -> [String: Any] {
    try conversation.withLock { _ in
      let line = Array((command + "\n").utf8)
      guard send(socket, line, line.count, Int32(MSG_NOSIGNAL)) == line.count else {
        throw TestSupportError("the server's supervisor is gone")
      }
      return try read()
    }
  }

  private func read() throws -> [String: Any] {
    var line: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while line.last != UInt8(ascii: "\n") {
      var poller = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
      let ready = poll(&poller, 1, Self.timeout)
      if ready == -1, errno == EINTR { continue }
      guard ready == 1 else { throw TestSupportError("the server's supervisor does not answer") }
      let count = recv(socket, &chunk, chunk.count, 0)
      if count == -1, errno == EINTR { continue }
      guard count > 0 else { throw TestSupportError("the server's supervisor ended without an answer") }
      line += chunk[..<count]
    }
    guard let answer = try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any] else {
      throw TestSupportError("the server's supervisor said: \(String(decoding: line, as: UTF8.self))")
    }
    if let error = answer["error"] as? String { throw TestSupportError(error) }
    return answer
  }
}
