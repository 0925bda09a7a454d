// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Glibc
package import HTTPTransport

/// Lines of JSON over one stream socket. Used by one thread at a time.
package struct LineChannel {
  package enum Failure: Error {
    /// The other side closed, or broke off.
    case closed
    case timedOut
    case tooLong
    case notUnderstood
  }

  private let socket: FileDescriptor
  private let limit: Int
  private var buffer: [UInt8] = []

  /// - Parameter limit: the longest line to take, in bytes.
  package init(_ socket: FileDescriptor, limit: Int) {
    self.socket = socket
    self.limit = limit
  }

  /// Sends one line. Throws `closed` or `timedOut`.
  func send(_ message: some Encodable) throws(Failure) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    guard let data = try? encoder.encode(message) else { throw .notUnderstood }
    var bytes = Array(data)
    bytes.append(UInt8(ascii: "\n"))
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.send(socket.rawValue, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0 && errno == EINTR { continue }
      guard count > 0 else { throw errno == EAGAIN ? .timedOut : .closed }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits for the next line. Throws `closed` at the end, `timedOut` as the socket is set up.
  package mutating func receive<Message: Decodable>(_ type: Message.Type) throws(Failure) -> Message {
    let line = try nextLine()
    guard let message = try? JSONDecoder().decode(type, from: Data(line)) else { throw .notUnderstood }
    return message
  }

  private mutating func nextLine() throws(Failure) -> ArraySlice<UInt8> {
    var searched = 0
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
        let line = buffer[..<end]
        buffer.removeFirst(end + 1)
        return line
      }
      searched = buffer.count
      guard buffer.count <= limit else { throw .tooLong }
      let count = recv(socket.rawValue, &chunk, chunk.count, 0)
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else { throw errno == EAGAIN ? .timedOut : .closed }
      guard count > 0 else { throw .closed }
      buffer.append(contentsOf: chunk[..<count])
    }
  }
}
