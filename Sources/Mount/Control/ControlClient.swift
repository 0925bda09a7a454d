// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport

/// Asks the daemon of a mount. Blocks its thread; used by one thread at a time.
package struct ControlClient {
  /// The daemon's process.
  package let pid: Int32
  private let socket: FileDescriptor
  private var channel: LineChannel

  /// Connects to the daemon that listens at `path`; nil when none does. Throws when the socket is there but closed to us.
  package init?(path: String) throws(MountFailure) {
    guard let socket = try UnixSocket.connect(to: path) else { return nil }
    self.socket = socket
    pid = UnixSocket.peer(of: socket)?.pid ?? 0
    channel = LineChannel(socket, limit: ControlProtocol.responseLimit)
  }

  /// Sends a request and waits for its answer.
  ///
  /// - Parameters:
  ///   - patience: seconds of silence to bear; nil for ever.
  ///   - onProgress: gets the lines before the answer.
  package mutating func ask(
    _ request: ControlRequest, patience: Int? = 10, onProgress: (ControlResponse) -> Void = { _ in }
  ) throws(MountFailure) -> ControlResponse {
    UnixSocket.setTimeouts(socket, receive: patience, send: 10)
    do throws(LineChannel.Failure) {
      try channel.send(request)
      while true {
        let response = try channel.receive(ControlResponse.self)
        guard response.kind == .progress else { return response }
        onProgress(response)
      }
    } catch {
      switch error {
      case .closed: throw .init("pail (pid \(pid)) ended before it answered; its log tells why")
      case .timedOut: throw .init("pail (pid \(pid)) does not answer; its log may tell why")
      case .tooLong, .notUnderstood: throw .init("pail (pid \(pid)) answered what this version does not understand")
      }
    }
  }

  /// Waits until the daemon's process has ended. False when that takes longer than `timeout` seconds.
  package mutating func waitForExit(timeout: Double) -> Bool {
    // The kernel closes the socket when the process ends; the pid goes a moment later.
    UnixSocket.setTimeouts(socket, receive: max(1, Int(timeout)), send: 1)
    let deadline = MonotonicClock.now + timeout
    while (try? channel.receive(ControlResponse.self)) != nil {}
    while ControlClient.isRunning(pid) {
      if MonotonicClock.now > deadline { return false }
      usleep(5_000)
    }
    return true
  }

  /// A process that has ended stays in the table until its parent, perhaps a slow init, asks for it: kill(2) would find it.
  private static func isRunning(_ pid: Int32) -> Bool {
    guard let text = FileContents.read("/proc/\(pid)/stat", limit: 4_096) else { return false }
    // "PID (name) STATE …"; the name may hold anything, a parenthesis too (proc_pid_stat(5)).
    let state = text.split(separator: ")").last?.split(separator: " ").first
    return state != "Z" && state != "X"
  }
}
