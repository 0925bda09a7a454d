// SPDX-License-Identifier: Apache-2.0

import CFUSE
import VFS

func openDirectoryOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t, _ info: UnsafeMutablePointer<fuse_file_info>?) {
  answer(raw) { files, caller throws(Errno) in
    try files.opendir(InodeID(inode), caller: caller)
  } reply: { request, handle, files in
    request.reply(opened: OpenedFile(handle: handle), info) { files.releasedir(InodeID(inode), handle) }
  }
}

func readDirectoryOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ size: Int, _ offset: off_t, _ info: UnsafeMutablePointer<fuse_file_info>?
) {
  list(raw, inode, size, offset, info, plus: false)
}

func readDirectoryPlusOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ size: Int, _ offset: off_t, _ info: UnsafeMutablePointer<fuse_file_info>?
) {
  list(raw, inode, size, offset, info, plus: true)
}

private func list(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ size: Int, _ offset: off_t, _ info: UnsafeMutablePointer<fuse_file_info>?,
  plus: Bool
) {
  let memory = UnsafeMutableRawBufferPointer(rebasing: Scratch.current(atLeast: size)[..<size])
  answer(raw) { files, _ throws(Errno) in
    var buffer = DirectoryBuffer(memory: memory, plus: plus)
    do throws(Errno) {
      try files.readdir(InodeID(inode), HandleID(info), from: Int64(offset), plus: plus) { buffer.append($0) }
    } catch {
      // Entries that are in the buffer count as looked up, so they must be delivered; the next readdir meets the error again.
      if buffer.bytes.isEmpty { throw error }
    }
    return buffer
  } reply: { (request: consuming Request, buffer: DirectoryBuffer, files) in
    request.reply(bytes: buffer.bytes) { for inode in buffer.lookups { files.forget(inode, count: 1) } }
  }
}

func synchronizeDirectoryOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ dataOnly: Int32, _ info: UnsafeMutablePointer<fuse_file_info>?
) {
  answer(raw) { files, _ throws(Errno) in
    try files.fsyncdir(InodeID(inode), HandleID(info), dataOnly: dataOnly != 0)
  } reply: { request, _, _ in
    request.replyDone()
  }
}

func releaseDirectoryOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t, _ info: UnsafeMutablePointer<fuse_file_info>?) {
  answer(raw) { files, _ throws(Errno) in
    files.releasedir(InodeID(inode), try HandleID(info))
  } reply: { request, _, _ in
    request.replyDone()
  }
}
