// SPDX-License-Identifier: Apache-2.0

import Dispatch
import Glibc

/// Standard input in chunks, each read when it is asked for, on a thread of its own.
struct StandardInput: AsyncSequence, Sendable {
  struct ReadError: Error, CustomStringConvertible {
    let code: Int32
    var description: String { "standard input: \(String(cString: strerror(code)))" }
  }

  struct Iterator: AsyncIteratorProtocol {
    private let queue = DispatchQueue(label: "pail.stdin")

    mutating func next() async throws -> [UInt8]? {
      let queue = queue
      let result: Result<[UInt8], ReadError> = await withCheckedContinuation { continuation in
        queue.async { continuation.resume(returning: StandardInput.read()) }
      }
      let chunk = try result.get()
      return chunk.isEmpty ? nil : chunk
    }
  }

  func makeAsyncIterator() -> Iterator { Iterator() }

  private static func read() -> Result<[UInt8], ReadError> {
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
      var got = -1
      repeat { got = Glibc.read(0, buffer.baseAddress, buffer.count) } while got < 0 && errno == EINTR
      if got < 0 { failure = errno }
      count = got < 0 ? 0 : got
    }
    return failure == 0 ? .success(bytes) : .failure(ReadError(code: failure))
  }
}
