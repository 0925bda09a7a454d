// SPDX-License-Identifier: Apache-2.0
//
// Where a local copy has data and where it has holes.
//
// For: SEEK_DATA and SEEK_HOLE of lseek(2). The data file's own holes are holes, except where bytes are in the bucket only: those
// count as data. State: none; on file-system workers. The bytes stay here meanwhile, as for a reader.
// What can go wrong: a disk that knows no holes; all is data then.

import HTTPTransport
import Glibc
import Locking
import Transfer

extension CacheFile {
  /// SEEK_DATA and SEEK_HOLE of unistd.h, which Swift's Glibc leaves out.
  private static let (toData, toHole): (Int32, Int32) = (3, 4)

  /// - Returns: the first byte of data at `offset` or behind it; nil when no data follows.
  package func data(from offset: Int64) -> Int64? {
    seeking { size, missing in
      guard offset < size else { return nil }
      let there = missing.intersection(offset..<size).ranges.first?.lowerBound
      let here = seek(CacheFile.toData, offset).flatMap { $0 < size ? $0 : nil }
      return [there, here].compactMap { $0 }.min()
    }
  }

  /// - Returns: the first byte of a hole at `offset` or behind it, which may be the end of the file; nil when `offset` is not in it.
  package func hole(from offset: Int64) -> Int64? {
    seeking { size, missing in
      guard offset < size else { return nil }
      var place = offset
      while let hole = seek(CacheFile.toHole, place), hole < size {
        guard let there = missing.intersection(hole..<size).ranges.first, there.lowerBound == hole else { return hole }
        place = there.upperBound
      }
      return size
    }
  }

  private func seeking(_ body: (_ size: Int64, _ missing: ByteRanges) -> Int64?) -> Int64? {
    let (size, missing) = state.withLock { state in
      state.readers += 1
      return (state.size, state.bytes.missing)
    }
    defer { state.withLock { $0.readers -= 1 } }
    return body(size, missing)
  }

  /// Everybody reads and writes the data file at offsets of their own, so nobody misses its position. Nil: none.
  private func seek(_ whence: Int32, _ offset: Int64) -> Int64? {
    let found = lseek(data.rawValue, off_t(offset), whence)
    if found >= 0 { return Int64(found) }
    return errno == EINVAL && whence == CacheFile.toData ? offset : nil
  }
}
