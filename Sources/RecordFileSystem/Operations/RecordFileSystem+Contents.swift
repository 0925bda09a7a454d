// SPDX-License-Identifier: Apache-2.0
//
// read(2), write(2) and their like, on bytes of this machine.

package import VFS

extension RecordFileSystem {
  package func read(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, length: Int, scratch: UnsafeMutableRawBufferPointer
  ) throws(Errno) -> ReadReply {
    let target = UnsafeMutableRawBufferPointer(rebasing: scratch[..<min(length, scratch.count)])
    switch try files.get(handle).content {
    case .spooled(let file): return .scratch(count: try file.read(at: offset, into: target))
    case .text(let text):
      guard offset >= 0, offset < text.count else { return .scratch(count: 0) }
      let bytes = text[Int(offset)..<min(text.count, Int(offset) + target.count)]
      target.copyBytes(from: bytes)
      return .scratch(count: bytes.count)
    }
  }

  package func write(
    _ inode: InodeID, _ handle: HandleID, at offset: Int64, _ bytes: UnsafeRawBufferPointer
  ) throws(Errno) -> Int {
    let open = try files.get(handle)
    guard let file = open.spooled, open.allowsWriting else { throw .EBADF }
    if file.role == .document, offset + Int64(bytes.count) > RecordDocument.limit { throw .EFBIG }
    try file.write(bytes, at: offset)
    return bytes.count
  }

  package func fallocate(_ inode: InodeID, _ handle: HandleID, _ allocation: Allocation, _ range: Range<Int64>)
    throws(Errno)
  {
    throw .EOPNOTSUPP
  }

  package func lseek(_ inode: InodeID, _ handle: HandleID, to target: SeekTarget, from offset: Int64) throws(Errno)
    -> Int64
  {
    switch try files.get(handle).content {
    case .spooled(let file): return try file.seek(target, from: offset)
    case .text(let text):
      guard offset >= 0, offset < text.count else { throw .ENXIO }
      return target == .data ? offset : Int64(text.count)
    }
  }

  package func copyFileRange(from source: FilePlace, to target: FilePlace, length: Int) throws(Errno) -> Int {
    // The kernel reads and writes.
    throw .EOPNOTSUPP
  }
}
