// SPDX-License-Identifier: Apache-2.0

import Glibc
import HTTPTransport

/// Reads lines from a pipe, with a limit on waiting.
struct LineReader {
  enum Outcome: Equatable {
    case line(String)
    case silence
    case end
  }

  private let file: FileDescriptor
  private var buffer: [UInt8] = []

  init(_ file: FileDescriptor) { self.file = file }

  /// - Parameter timeout: seconds.
  mutating func next(timeout: Double) -> Outcome {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: buffer[..<end], as: UTF8.self)
        buffer.removeFirst(end + 1)
        return .line(line)
      }
      var request = pollfd(fd: file.rawValue, events: Int16(POLLIN), revents: 0)
      let ready = poll(&request, 1, Int32(max(0, timeout) * 1_000))
      if ready == 0 { return .silence }
      if ready < 0 { return errno == EINTR ? .silence : .end }
      var chunk = [UInt8](repeating: 0, count: 4_096)
      let count = read(file.rawValue, &chunk, chunk.count)
      if count < 0 && errno == EINTR { continue }
      guard count > 0, buffer.count < 1 << 20 else { return .end }
      buffer.append(contentsOf: chunk[..<count])
    }
  }
}
