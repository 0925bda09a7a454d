// SPDX-License-Identifier: Apache-2.0

import CFUSE
import VFS

func openOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t, _ info: UnsafeMutablePointer<fuse_file_info>?) {
  answer(raw) { files, caller throws(Errno) in
    try files.open(InodeID(inode), flags: OpenFlags(rawValue: info?.pointee.flags ?? 0), caller: caller)
  } reply: { request, opened, files in
    request.reply(opened: opened, info) { files.release(InodeID(inode), opened.handle) }
  }
}

func createOperation(
  _ raw: fuse_req_t?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ mode: mode_t,
  _ info: UnsafeMutablePointer<fuse_file_info>?
) {
  answer(raw) { files, caller throws(Errno) in
    try files.create(
      InodeID(parent), Name(name), permissions: mode & 0o7777, flags: OpenFlags(rawValue: info?.pointee.flags ?? 0),
      caller: caller)
  } reply: { request, created, files in
    let (entry, opened) = created
    return request.reply(created: entry, opened: opened, info) {
      files.release(entry.attributes.inode, opened.handle)
      files.forget(entry.attributes.inode, count: 1)
    }
  }
}

func readOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ length: Int, _ offset: off_t, _ info: UnsafeMutablePointer<fuse_file_info>?
) {
  let scratch = Scratch.current(atLeast: length)
  answer(raw) { files, _ throws(Errno) in
    try files.read(InodeID(inode), HandleID(info), at: Int64(offset), length: length, scratch: scratch)
  } reply: { request, read, _ in
    request.reply(read: read, length: length, scratch: scratch)
  }
}

func writeOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ bytes: UnsafePointer<CChar>?, _ count: Int, _ offset: off_t,
  _ info: UnsafeMutablePointer<fuse_file_info>?
) {
  answer(raw) { files, _ throws(Errno) in
    let bytes = UnsafeRawBufferPointer(start: bytes, count: count)
    return try files.write(InodeID(inode), HandleID(info), at: Int64(offset), bytes)
  } reply: { request, written, _ in
    request.reply(written: written)
  }
}

func flushOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t, _ info: UnsafeMutablePointer<fuse_file_info>?) {
  answer(raw) { files, caller throws(Errno) in
    try files.flush(InodeID(inode), HandleID(info), caller: caller)
  } reply: { request, _, _ in
    request.replyDone()
  }
}

func synchronizeOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ dataOnly: Int32, _ info: UnsafeMutablePointer<fuse_file_info>?
) {
  answer(raw) { files, _ throws(Errno) in
    try files.fsync(InodeID(inode), HandleID(info), dataOnly: dataOnly != 0)
  } reply: { request, _, _ in
    request.replyDone()
  }
}

func releaseOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t, _ info: UnsafeMutablePointer<fuse_file_info>?) {
  answer(raw) { files, _ throws(Errno) in
    files.release(InodeID(inode), try HandleID(info))
  } reply: { request, _, _ in
    request.replyDone()
  }
}
