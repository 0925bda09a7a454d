// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Page-aligned memory of a fixed size, freed with the last reference.
///
/// SAFETY: the class only hands out the pointer. One writer (the transport, while it fills the region) and the readers
/// that come after it has reported completion: the hand-over through the completed request orders their accesses.
package final class MemoryRegion: @unchecked Sendable {
  package let bytes: UnsafeMutableRawBufferPointer

  /// - Parameter size: in bytes, at least 1.
  package init(size: Int) {
    bytes = .allocate(byteCount: size, alignment: Int(sysconf(Int32(_SC_PAGESIZE))))
  }

  deinit { bytes.deallocate() }
}
