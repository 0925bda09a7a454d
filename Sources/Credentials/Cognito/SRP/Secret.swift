// SPDX-License-Identifier: Apache-2.0
//
// Bytes that nobody but their user should see: passwords, keys.
//
// State: a block of memory that is written once and overwritten when the last reference is gone. Any thread may read. What can go
// wrong: whoever makes a String or an array of them leaves a copy behind; a request that carries a password does that, so a
// process that signs in also allows no core file.

import COpenSSL

// SAFETY: the memory is written in `init` only and freed with the last reference.
package final class Secret: @unchecked Sendable {
  private let memory: UnsafeMutableRawBufferPointer
  package let count: Int

  /// - Parameter fill: writes into the memory and returns how many bytes it wrote.
  package init<Failure: Error>(
    capacity: Int, _ fill: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
  ) throws(Failure) {
    let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(capacity, 1), alignment: 1)
    do {
      count = try fill(memory)
    } catch {
      OPENSSL_cleanse(memory.baseAddress, memory.count)
      memory.deallocate()
      throw error
    }
    self.memory = memory
  }

  /// The UTF-8 bytes of a text that is a copy already.
  package convenience init(_ text: String) {
    let bytes = Array(text.utf8)
    self.init(capacity: bytes.count) { memory in
      memory.copyBytes(from: bytes)
      return bytes.count
    }
  }

  /// Unpredictable bytes (getrandom(2)).
  convenience init(randomCount count: Int) {
    self.init(capacity: count) { memory in
      var generator = SystemRandomNumberGenerator()
      for index in 0..<count { memory[index] = generator.next() }
      return count
    }
  }

  deinit {
    OPENSSL_cleanse(memory.baseAddress, memory.count)
    memory.deallocate()
  }

  package var isEmpty: Bool { count == 0 }

  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
  }

  /// A copy, which nobody overwrites: for what can only be sent as text.
  var text: String { withBytes { String(decoding: $0, as: UTF8.self) } }
}

// So that a log line, a crash report or `dump` cannot show it.
extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "Secret(hidden)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
