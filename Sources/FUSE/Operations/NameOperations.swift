// SPDX-License-Identifier: Apache-2.0

import CFUSE
import VFS

func lookupOperation(_ raw: fuse_req_t?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?) {
  answer(raw) { files, caller throws(Errno) in
    try files.lookup(InodeID(parent), Name(name), caller: caller)
  } reply: { request, entry, files in
    request.reply(entry: entry) { files.forget(entry.attributes.inode, count: 1) }
  }
}

func forgetOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t, _ count: UInt64) {
  answer(raw) { files, _ throws(Errno) in
    files.forget(InodeID(inode), count: count)
  } reply: { request, _, _ in
    request.replyNone()
  }
}

func forgetManyOperation(_ raw: fuse_req_t?, _ count: Int, _ items: UnsafeMutablePointer<fuse_forget_data>?) {
  answer(raw) { files, _ throws(Errno) in
    for item in UnsafeBufferPointer(start: items, count: count) { files.forget(InodeID(item.ino), count: item.nlookup) }
  } reply: { request, _, _ in
    request.replyNone()
  }
}

func makeDirectoryOperation(
  _ raw: fuse_req_t?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ mode: mode_t
) {
  answer(raw) { files, caller throws(Errno) in
    try files.mkdir(InodeID(parent), Name(name), permissions: mode & 0o7777, caller: caller)
  } reply: { request, entry, files in
    request.reply(entry: entry) { files.forget(entry.attributes.inode, count: 1) }
  }
}

func makeNodeOperation(
  _ raw: fuse_req_t?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ mode: mode_t, _ device: dev_t
) {
  answer(raw) { files, caller throws(Errno) in
    try files.mknod(InodeID(parent), Name(name), mode: mode, device: UInt64(device), caller: caller)
  } reply: { request, entry, files in
    request.reply(entry: entry) { files.forget(entry.attributes.inode, count: 1) }
  }
}

func makeSymbolicLinkOperation(
  _ raw: fuse_req_t?, _ target: UnsafePointer<CChar>?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?
) {
  answer(raw) { files, caller throws(Errno) in
    try files.symlink(String(kernelBytes: target), at: InodeID(parent), Name(name), caller: caller)
  } reply: { request, entry, files in
    request.reply(entry: entry) { files.forget(entry.attributes.inode, count: 1) }
  }
}

func readLinkOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t) {
  answer(raw) { files, _ throws(Errno) in
    try files.readlink(InodeID(inode))
  } reply: { request, target, _ in
    request.reply(target: target)
  }
}

func unlinkOperation(_ raw: fuse_req_t?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?) {
  answer(raw) { files, caller throws(Errno) in
    try files.unlink(InodeID(parent), Name(name), caller: caller)
  } reply: { request, _, _ in
    request.replyDone()
  }
}

func removeDirectoryOperation(_ raw: fuse_req_t?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?) {
  answer(raw) { files, caller throws(Errno) in
    try files.rmdir(InodeID(parent), Name(name), caller: caller)
  } reply: { request, _, _ in
    request.replyDone()
  }
}

func renameOperation(
  _ raw: fuse_req_t?, _ parent: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ newParent: fuse_ino_t,
  _ newName: UnsafePointer<CChar>?, _ flags: UInt32
) {
  answer(raw) { files, caller throws(Errno) in
    try files.rename(
      InodeID(parent), Name(name), to: InodeID(newParent), Name(newName), flags: RenameFlags(rawValue: flags),
      caller: caller)
  } reply: { request, _, _ in
    request.replyDone()
  }
}

/// A bucket has no second name for an object.
func linkOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ newParent: fuse_ino_t, _ newName: UnsafePointer<CChar>?
) {
  answer(raw) { _, _ throws(Errno) in
    throw Errno.EOPNOTSUPP
  } reply: { (request: consuming Request, _: Void, _) in
    request.replyDone()
  }
}
