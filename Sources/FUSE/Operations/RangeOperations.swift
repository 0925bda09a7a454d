// SPDX-License-Identifier: Apache-2.0

import CFUSE
import VFS

func allocateOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ mode: Int32, _ offset: off_t, _ length: off_t,
  _ info: UnsafeMutablePointer<fuse_file_info>?
) {
  answer(raw) { files, _ throws(Errno) in
    guard offset >= 0, length > 0 else { throw .EINVAL }
    let (end, isTooFar) = Int64(offset).addingReportingOverflow(Int64(length))
    guard !isTooFar else { throw .EFBIG }
    try files.fallocate(InodeID(inode), HandleID(info), Allocation(mode: mode), Int64(offset)..<end)
  } reply: { request, _, _ in
    request.replyDone()
  }
}

func seekOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ offset: off_t, _ whence: Int32,
  _ info: UnsafeMutablePointer<fuse_file_info>?
) {
  answer(raw) { files, _ throws(Errno) in
    try files.lseek(InodeID(inode), HandleID(info), to: SeekTarget(whence: whence), from: Int64(offset))
  } reply: { request, offset, _ in
    request.reply(offset: offset)
  }
}

func copyRangeOperation(
  _ raw: fuse_req_t?, _ source: fuse_ino_t, _ sourceOffset: off_t, _ sourceInfo: UnsafeMutablePointer<fuse_file_info>?,
  _ target: fuse_ino_t, _ targetOffset: off_t, _ targetInfo: UnsafeMutablePointer<fuse_file_info>?, _ length: Int,
  _ flags: Int32
) {
  answer(raw) { files, _ throws(Errno) in
    guard flags == 0 else { throw .EINVAL }
    return try files.copyFileRange(
      from: FilePlace(inode: InodeID(source), handle: HandleID(sourceInfo), offset: Int64(sourceOffset)),
      to: FilePlace(inode: InodeID(target), handle: HandleID(targetInfo), offset: Int64(targetOffset)),
      // The answer has 32 bits.
      length: min(length, Int(UInt32.max)))
  } reply: { request, copied, _ in
    request.reply(written: copied)
  }
}
