// SPDX-License-Identifier: Apache-2.0
//
// fallocate(2), and SEEK_DATA and SEEK_HOLE of lseek(2).
//
// What fallocate changes is a change of the local copy like a write. A file whose bytes are in the bucket is all data.

import Glibc
import Locking
import Transfer
package import VFS
import WriteBackCache

extension BucketFileSystem {
  package func fallocate(
    _ inode: InodeID, _ handle: HandleID, _ allocation: Allocation, _ range: Range<Int64>
  ) throws(Errno) {
    let open = try files.get(handle)
    guard open.flags.allowsWriting else { throw .EBADF }
    let file = try changeable(open)
    let before = file.generation
    try changing(file, through: open) { () throws(WriteBackFailure) in
      switch allocation {
      case .reserve(let keepsSize): _ = try file.reserve(range, keepsSize: keepsSize)
      case .punch: _ = try file.zero(range, keepsSize: true)
      case .zero(let keepsSize): _ = try file.zero(range, keepsSize: keepsSize)
      }
    }
    guard file.generation == before else { return }
    // As Linux' disks do it: its time moves also when no byte does.
    open.node.state.withLock { $0.noteWritten(at: .now) }
    try attributesChanged(open.node)
  }

  package func lseek(
    _ inode: InodeID, _ handle: HandleID, to target: SeekTarget, from offset: Int64
  ) throws(Errno) -> Int64 {
    let open = try files.get(handle)
    guard offset >= 0 else { throw .ENXIO }
    let found: Int64?
    if let file = open.node.state.withLock({ $0.file }), file.servesReads {
      found = target == .data ? file.data(from: offset) : file.hole(from: offset)
    } else {
      let size = open.reader.withLock { $0?.size } ?? open.node.attributes.size
      found = offset < size ? (target == .data ? offset : size) : nil
    }
    guard let found else { throw .ENXIO }
    return found
  }
}
