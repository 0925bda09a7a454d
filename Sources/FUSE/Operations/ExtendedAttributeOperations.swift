// SPDX-License-Identifier: Apache-2.0

import CFUSE
import Glibc
import VFS

/// The largest value in bytes (XATTR_SIZE_MAX of limits.h).
private let maximumValueSize = 65536

/// Throws EOPNOTSUPP for the namespaces `security` and `system`, which belong to the kernel: labels, capabilities, ACLs
/// (xattr(7)). `KernelCapabilities` told it that this mount has none.
///
/// Answered here, in microseconds, because the kernel asks for `security.capability` before every write. And the answer
/// matters: after one EOPNOTSUPP ls(1) asks no more, after ENODATA it asks for the label of every file that it lists.
private func checkNamespace(_ name: UnsafePointer<CChar>?) throws(Errno) {
  guard let name, strncmp(name, "security.", 9) != 0, strncmp(name, "system.", 7) != 0 else { throw .EOPNOTSUPP }
}

func getExtendedAttributeOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ capacity: Int
) {
  answer(raw) { files, _ throws(Errno) in
    try checkNamespace(name)
    return try files.getxattr(InodeID(inode), String(kernelBytes: name))
  } reply: { request, value, _ in
    request.reply(extended: value, capacity: capacity)
  }
}

func setExtendedAttributeOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?, _ size: Int,
  _ flags: Int32
) {
  answer(raw) { files, _ throws(Errno) in
    try checkNamespace(name)
    guard size <= maximumValueSize else { throw Errno(E2BIG) }
    let bytes = [UInt8](UnsafeRawBufferPointer(start: value, count: size))
    try files.setxattr(
      InodeID(inode), String(kernelBytes: name), value: bytes, mode: ExtendedAttributeMode(flags: flags))
  } reply: { request, _, _ in
    request.replyDone()
  }
}

func listExtendedAttributesOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t, _ capacity: Int) {
  answer(raw) { files, _ throws(Errno) in
    // As listxattr(2) wants them: each name with its NUL.
    try files.listxattr(InodeID(inode)).flatMap { Array($0.utf8) + [0] }
  } reply: { request, names, _ in
    request.reply(extended: names, capacity: capacity)
  }
}

func removeExtendedAttributeOperation(_ raw: fuse_req_t?, _ inode: fuse_ino_t, _ name: UnsafePointer<CChar>?) {
  answer(raw) { files, _ throws(Errno) in
    try checkNamespace(name)
    try files.removexattr(InodeID(inode), String(kernelBytes: name))
  } reply: { request, _, _ in
    request.replyDone()
  }
}
