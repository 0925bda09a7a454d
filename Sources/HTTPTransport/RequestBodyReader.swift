// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Reads a request's body piece by piece into buffers of the network, and again from the start when it is resent.
struct RequestBodyReader {
  enum Outcome: Equatable {
    /// Zero at the end of the body.
    case read(Int)
    /// The file ends before its region does: sending less than announced must not look like success.
    case fileTooShort
    case notRead(errno: Int32)
  }

  private let body: RequestBody
  private var offset: Int64 = 0

  init(_ body: RequestBody) { self.body = body }

  /// Fills `buffer` as far as the body reaches.
  mutating func read(into buffer: UnsafeMutableRawBufferPointer) -> Outcome {
    let wanted = Int(min(Int64(buffer.count), body.length - offset))
    guard wanted > 0 else { return .read(0) }
    switch body {
    case .empty:
      return .read(0)
    case .bytes(let bytes):
      bytes.withUnsafeBytes {
        buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[Int(offset)...].prefix(wanted)))
      }
      offset += Int64(wanted)
      return .read(wanted)
    case .file(let region):
      while true {
        let count = pread(region.file.rawValue, buffer.baseAddress, wanted, off_t(region.offset + offset))
        if count == 0 { return .fileTooShort }
        if count > 0 {
          offset += Int64(count)
          return .read(count)
        }
        if errno != EINTR { return .notRead(errno: errno) }
      }
    }
  }

  /// Continues at that byte of the body; false when it has no such byte.
  mutating func seek(to position: Int64) -> Bool {
    guard position >= 0, position <= body.length else { return false }
    offset = position
    return true
  }
}
