// SPDX-License-Identifier: Apache-2.0
//
// Ranges of zeros: what fallocate(2) does to a local copy.
//
// For: punching holes, zeroing, and growing without a write. To everybody else such a range is like one that was written: it
// is here, and the bucket lacks it; bytes that were in the bucket only are not fetched for it. Room is not reserved, but asked for.
// State: that of the file. Who grows the file is the only one who changes its size: the kernel sees to that (i_rwsem).
// What can go wrong: a disk that cannot punch gets zeros written, and may be full; what was done until then is kept.

import HTTPTransport
import Glibc
import Locking
import Transfer

extension CacheFile {
  /// Makes the file at least as long as `range` reaches, unless `keepsSize`; new bytes are zero.
  ///
  /// - Returns: whether anything has changed.
  /// - Throws: ENOSPC when what is behind the end has no room.
  package func reserve(_ range: Range<Int64>, keepsSize: Bool) throws(WriteBackFailure) -> Bool {
    guard range.upperBound <= context.ladder.maximumSize else { throw .local(code: EFBIG, operation: "fallocate") }
    let size = size
    guard range.upperBound > size else { return false }
    try context.quota.admit(range.upperBound - max(size, range.lowerBound))
    return try keepsSize ? false : zero(size..<range.upperBound, keepsSize: false)
  }

  /// Makes `range` zeros, which take no room on the disk; what of it is behind the end only unless `keepsSize`. Blocks while an upload
  /// still needs the old bytes there.
  ///
  /// - Returns: whether anything has changed.
  package func zero(_ range: Range<Int64>, keepsSize: Bool) throws(WriteBackFailure) -> Bool {
    let range = keepsSize ? range.clamped(to: 0..<size) : range
    guard !range.isEmpty else { return false }
    guard range.upperBound <= context.ladder.maximumSize else { throw .local(code: EFBIG, operation: "fallocate") }
    let change = try begin(range)
    let (end, code) = zeroBytes(range)
    let stretch = range.lowerBound..<end
    let failure = stretch.isEmpty ? nil : failureOfNote(.wrote(stretch))
    self.end(change, stretch, isWritten: false)
    if let failure { throw failure }
    if end < range.upperBound { throw .local(code: code, operation: "fallocate") }
    // What is changed is changed.
    try Interruption.shielded { () throws(WriteBackFailure) in try limitStretches() }
    pump()
    return true
  }

  /// - Returns: up to where they are zero, and why not further.
  private func zeroBytes(_ range: Range<Int64>) -> (end: Int64, code: Int32) {
    // A file is here as far as it reaches: punching makes none longer. Nor must anything make it shorter, since bytes may be
    // fetched into it at the same time.
    var status = stat()
    if fstat(data.rawValue, &status) != 0 { return (range.lowerBound, errno) }
    if Int64(status.st_size) < range.upperBound {
      let (written, code) = [UInt8(0)].withUnsafeBytes {
        CacheFile.writeAll($0, to: data.rawValue, at: range.upperBound - 1)
      }
      if written == 0 { return (range.lowerBound, code) }
    }
    return HolePunch.punch(data, range) ? (range.upperBound, 0) : writeZeros(range)
  }

  private static let zeros = [UInt8](repeating: 0, count: 1 << 20)

  private func writeZeros(_ range: Range<Int64>) -> (end: Int64, code: Int32) {
    var end = range.lowerBound
    while end < range.upperBound {
      let count = Int(min(Int64(CacheFile.zeros.count), range.upperBound - end))
      let (written, code) = CacheFile.zeros.withUnsafeBytes { zeros in
        CacheFile.writeAll(UnsafeRawBufferPointer(rebasing: zeros[..<count]), to: data.rawValue, at: end)
      }
      end += Int64(written)
      if written < count { return (end, code) }
    }
    return (end, 0)
  }
}
