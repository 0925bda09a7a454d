// SPDX-License-Identifier: Apache-2.0
//
// The memory into which a worker's reads and directory listings go before the kernel copies them.
//
// For: page-aligned, reused for every request, so that its pages are touched once. State: one buffer a thread, made at the
// thread's first use and freed with the thread. Threads: each sees its own. A buffer is valid until the next call of
// `current` on the same thread asks for more than it has.

import Glibc

enum Scratch {
  /// The kernel's largest read (256 pages), and a page.
  private static let usualSize = (256 + 1) * pageSize
  private static let pageSize = Int(sysconf(Int32(_SC_PAGESIZE)))

  private final class Buffer {
    let bytes: UnsafeMutableRawBufferPointer

    init(size: Int) { bytes = .allocate(byteCount: size, alignment: pageSize) }

    deinit { bytes.deallocate() }
  }

  private static let key: pthread_key_t = {
    var key = pthread_key_t()
    pthread_key_create(&key) { buffer in
      if let buffer { Unmanaged<Buffer>.fromOpaque(buffer).release() }
    }
    return key
  }()

  /// This thread's buffer.
  ///
  /// - Parameter size: in bytes, at least that many are there.
  static func current(atLeast size: Int) -> UnsafeMutableRawBufferPointer {
    if let existing = pthread_getspecific(key) {
      let buffer = Unmanaged<Buffer>.fromOpaque(existing)
      let bytes = buffer.takeUnretainedValue().bytes
      if bytes.count >= size { return bytes }
      buffer.release()
    }
    let buffer = Buffer(size: max(size, usualSize))
    pthread_setspecific(key, Unmanaged.passRetained(buffer).toOpaque())
    return buffer.bytes
  }
}
