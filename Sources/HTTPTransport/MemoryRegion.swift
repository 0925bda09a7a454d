// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Page-aligned memory of a fixed size, freed with the last reference; or a stretch of such.
///
/// SAFETY: the class only hands out the pointer. One writer (the transport, while it fills the region) and the readers
/// that come after it has reported completion: the hand-over through the completed request orders their accesses. Writers
/// of different stretches of one region do not touch each other's bytes.
package final class MemoryRegion: @unchecked Sendable {
  package let bytes: UnsafeMutableRawBufferPointer
  /// The region that has the memory; nil when it is this one.
  private let whole: MemoryRegion?

  /// - Parameter size: in bytes, at least 1.
  package init(size: Int) {
    bytes = .allocate(byteCount: size, alignment: Int(sysconf(Int32(_SC_PAGESIZE))))
    whole = nil
  }

  /// A stretch of `whole`, which lives as long as this does.
  package init(_ range: Range<Int>, of whole: MemoryRegion) {
    bytes = UnsafeMutableRawBufferPointer(rebasing: whole.bytes[range])
    self.whole = whole
  }

  deinit { if whole == nil { bytes.deallocate() } }
}
