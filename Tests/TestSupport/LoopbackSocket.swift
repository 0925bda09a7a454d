// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The few socket calls that test servers need, on 127.0.0.1.
package enum LoopbackSocket {
  package struct Failure: Error { package let errno: Int32 }

  /// A listening socket on a free port, which the caller closes.
  package static func listen(receiveBuffer: Int32? = nil, backlog: Int32 = 128) throws -> (socket: Int32, port: Int) {
    let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard socket >= 0 else { throw Failure(errno: errno) }
    if var size = receiveBuffer {
      // Accepted connections inherit it.
      setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
    }
    var address = address(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    let result = withGeneric(&address) { generic in
      bind(socket, generic, size) | Glibc.listen(socket, backlog) | getsockname(socket, generic, &size)
    }
    guard result == 0 else {
      let failure = Failure(errno: errno)
      close(socket)
      throw failure
    }
    return (socket, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// A socket that may or may not be connected to the port later, which the caller closes.
  package static func beginConnecting(to port: Int) throws -> Int32 {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    let socket = Glibc.socket(AF_INET, type, 0)
    guard socket >= 0 else { throw Failure(errno: errno) }
    var address = address(port: port)
    let result = withGeneric(&address) { connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    guard result == 0 || errno == EINPROGRESS else {
      let failure = Failure(errno: errno)
      close(socket)
      throw failure
    }
    return socket
  }

  /// The port of this end; 0 when it has none.
  package static func port(of socket: Int32) -> Int {
    var address = address(port: 0)
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    _ = withGeneric(&address) { getsockname(socket, $0, &size) }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  /// Sends everything; false when the peer is gone.
  package static func send(_ bytes: [UInt8], to socket: Int32) -> Bool {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Glibc.send(socket, buffer.baseAddress! + done, buffer.count - done, Int32(MSG_NOSIGNAL))
        if count < 0 && errno == EINTR { continue }
        if count <= 0 { return false }
        done += count
      }
      return true
    }
  }

  /// The next bytes; empty when the peer is gone.
  package static func receive(from socket: Int32, atMost limit: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      var result: Int
      repeat { result = recv(socket, buffer.baseAddress, limit, 0) } while result < 0 && errno == EINTR
      count = max(result, 0)
    }
  }

  private static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
    return address
  }

  private static func withGeneric<Result>(
    _ address: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
  }
}
