// SPDX-License-Identifier: Apache-2.0

import Foundation
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

  /// Whether somebody else waits for a connection.
  func isTried() throws -> Bool {
    let ours = sockets.map(LoopbackSocket.port(of:))
    // Not String(contentsOfFile:), which ends at the first short read: here, after one page.
    let file = try #require(FileHandle(forReadingAtPath: "/proc/self/net/tcp"))
    let table = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
    // Number, local address, remote address, state; see proc_pid_net(5).
    return table.split(separator: "\n").dropFirst().contains { line in
      let fields = line.split(separator: " ")
      guard fields.count > 3, fields[3] == Self.synSent, Self.port(fields[2]) == port else { return false }
      return !ours.contains { $0 == Self.port(fields[1]) }
    }
  }

  /// TCP_SYN_SENT, as the kernel writes it there.
  private static let synSent = "02"

  /// Of "0100007F:1F90".
  private static func port(_ address: Substring) -> Int? {
    address.split(separator: ":").last.flatMap { Int($0, radix: 16) }
  }

  func close() { for socket in sockets { Glibc.close(socket) } }
}
