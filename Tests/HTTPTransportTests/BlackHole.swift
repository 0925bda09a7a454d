// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

/// A port on which a connection is neither accepted nor refused: its queue of unaccepted ones is full.
struct BlackHole {
  let port: Int
  private let sockets: [Int32]

  init() throws {
    let (listener, port) = try LoopbackSocket.listen(backlog: 0)
    self.port = port
    // Linux queues one more than the backlog; a third is not answered.
    sockets = try [listener] + (0..<3).map { _ in try LoopbackSocket.beginConnecting(to: port) }
    var entry = pollfd(fd: sockets[1], events: Int16(POLLOUT), revents: 0)
    try #require(poll(&entry, 1, 5000) == 1)
  }

  func close() { for socket in sockets { Glibc.close(socket) } }
}
