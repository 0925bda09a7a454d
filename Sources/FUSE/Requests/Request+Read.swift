// SPDX-License-Identifier: Apache-2.0

import CFUSE
import Glibc
import VFS

extension Request {
  /// More pieces than this are copied together: writev(2) takes 1,024, and libfuse adds its header.
  static let maximumPieces = 1000

  /// Answers a read of `length` bytes. What exceeds them is cut off: the kernel would refuse the whole answer.
  ///
  /// - Parameter scratch: the buffer that the file system was given.
  consuming func reply(read: ReadReply, length: Int, scratch: UnsafeMutableRawBufferPointer) -> Replied {
    switch read {
    case .scratch(let count):
      let count = min(max(0, count), length, scratch.count)
      return reply(bytes: UnsafeRawBufferPointer(rebasing: scratch[..<count]))
    case .pieces(let pieces):
      let vectors = Request.vectors(of: pieces, length: length)
      let replied =
        vectors.count <= Request.maximumPieces
        ? reply { fuse_reply_iov($0, vectors, Int32(vectors.count)) }
        : reply(bytes: Request.joined(vectors, in: scratch))
      // The memory must outlive the system call.
      withExtendedLifetime(pieces) {}
      return replied
    }
  }

  private static func vectors(of pieces: [ReadPiece], length: Int) -> [iovec] {
    var vectors: [iovec] = []
    vectors.reserveCapacity(pieces.count)
    var rest = length
    for piece in pieces where rest > 0 && !piece.bytes.isEmpty {
      let count = min(piece.bytes.count, rest)
      vectors.append(iovec(iov_base: UnsafeMutableRawPointer(mutating: piece.bytes.baseAddress), iov_len: count))
      rest -= count
    }
    return vectors
  }

  private static func joined(_ vectors: [iovec], in scratch: UnsafeMutableRawBufferPointer) -> UnsafeRawBufferPointer {
    var count = 0
    for vector in vectors {
      // May overlap: a piece can lie in the scratch buffer itself.
      memmove(scratch.baseAddress! + count, vector.iov_base, vector.iov_len)
      count += vector.iov_len
    }
    return UnsafeRawBufferPointer(rebasing: scratch[..<count])
  }
}
