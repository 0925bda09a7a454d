// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The bytes of a file that grows and shrinks. Not an `Array`, whose loops crawl in debug builds.
///
/// SAFETY: not sendable; ``MemoryTree`` owns it, behind its lock.
final class MemoryContent {
  private var memory: UnsafeMutableRawPointer?
  private var capacity = 0
  private(set) var count = 0

  deinit { free(memory) }

  /// Added bytes are zero.
  func resize(to size: Int) {
    if size > capacity {
      capacity = max(size, capacity * 2, 4096)
      memory = realloc(memory, capacity)
    }
    if size > count, let memory { memset(memory + count, 0, size - count) }
    count = size
  }

  func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
    resize(to: max(count, offset + bytes.count))
    if let memory, let source = bytes.baseAddress { memcpy(memory + offset, source, bytes.count) }
  }

  /// Fills `buffer` as far as there are bytes; returns their number.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
    let length = min(buffer.count, max(0, count - offset))
    if length > 0, let memory, let target = buffer.baseAddress { memcpy(target, memory + offset, length) }
    return length
  }
}
