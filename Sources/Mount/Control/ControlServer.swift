// SPDX-License-Identifier: Apache-2.0
//
// The daemon's ear: answers `pail status`, `pail umount` and retries over a Unix socket.
//
// For: one server a mount, started before the mount is live, so that a stuck start can be seen. State: the listener and the
// number of connections. An accept thread and one thread a connection (at most 16; more are turned away); the handler runs
// on the connection's thread and may block, as the unmount command does for as long as uploads take.
// What can go wrong: a peer of another user is refused by the kernel's word about it (SO_PEERCRED), one that stalls is cut
// off after 30 s, one that sends garbage gets a failure and is cut off. The socket lives in a directory with mode 0700.

import Glibc
import HTTPTransport
import Locking
package import Logging

package final class ControlServer: Sendable {
  /// Answers one request: calls `reply` any number of times with `progress`, then once with `result` or `failure`. `reply`
  /// returns false when the client is gone.
  package typealias Handler = @Sendable (_ request: ControlRequest, _ reply: (ControlResponse) -> Bool) -> Void

  private static let maximumConnections = 16

  private let path: String
  private let uid: UInt32
  private let lock: ControlLock
  private let listener: FileDescriptor
  private let handler: Handler
  private let logger: Logger
  private let connections = Lock(0)

  /// Listens at `path`, in an existing private directory, and answers to `uid` and root.
  ///
  /// - Parameter lock: that of `path`, by which an existing socket is known to be a dead daemon's.
  package init(
    path: String, uid: UInt32, lock: ControlLock, logger: Logger, handler: @escaping Handler
  ) throws(MountFailure) {
    guard path.utf8.count <= UnixSocket.maximumPath else {
      throw .init(
        "control socket path \(path) is longer than \(UnixSocket.maximumPath) bytes; set a shorter XDG_RUNTIME_DIR")
    }
    unlink(path)
    listener = try UnixSocket.listen(at: path)
    self.path = path
    self.uid = uid
    self.lock = lock
    self.logger = logger
    self.handler = handler
  }

  /// Begins to accept. False when there is no thread.
  package func start() -> Bool {
    DetachedThread.start { [self] in
      while let socket = UnixSocket.accept(listener) { admit(socket) }
    }
  }

  /// Removes the socket; connections under way end with the process.
  package func close() {
    unlink(path)
    UnixSocket.shutDown(listener)
    lock.release()
  }

  private func admit(_ socket: FileDescriptor) {
    UnixSocket.setTimeouts(socket, receive: 30, send: 30)
    guard let peer = UnixSocket.peer(of: socket), peer.uid == uid || peer.uid == 0 else {
      logger.warning("control connection of another user refused")
      return
    }
    let isAdmitted = connections.withLock { count in
      guard count < ControlServer.maximumConnections else { return false }
      count += 1
      return true
    }
    guard isAdmitted else { return }
    let isStarted = DetachedThread.start { [self] in
      serve(socket)
      connections.withLock { $0 -= 1 }
    }
    if !isStarted { connections.withLock { $0 -= 1 } }
  }

  private func serve(_ socket: FileDescriptor) {
    var channel = LineChannel(socket, limit: ControlProtocol.requestLimit)
    while true {
      do throws(LineChannel.Failure) {
        let request = try channel.receive(ControlRequest.self)
        guard request.version == ControlProtocol.version else {
          try channel.send(refusal("protocol version \(request.version) is unknown here: use the pail that mounted"))
          return
        }
        let answers = channel
        handler(request) { response in (try? answers.send(response)) != nil }
      } catch {
        switch error {
        case .notUnderstood, .tooLong: _ = try? channel.send(refusal("the request was not understood"))
        case .closed, .timedOut: break
        }
        return
      }
    }
  }

  private func refusal(_ message: String) -> ControlResponse {
    ControlResponse(.failure, reason: .badRequest, message: message)
  }
}
