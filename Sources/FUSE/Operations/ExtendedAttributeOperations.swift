// SPDX-License-Identifier: Apache-2.0

import CFUSE
import Glibc
import VFS

/// The largest value in bytes (XATTR_SIZE_MAX of limits.h).
private let maximumValueSize = 65536

/// Attributes that belong to the kernel and that this mount has not, as `KernelCapabilities` told it.
///
/// The kernel asks for `security.capability` before every write, and ls(1) for ACLs until it hears EOPNOTSUPP once: both
/// are answered here, in microseconds.
private enum KernelAttribute {
  case capability, accessControlList

  /// Compares without making a `String`, as it comes before every write.
  init?(_ name: UnsafePointer<CChar>?) {
    guard let name else { return nil }
    if strcmp(name, "security.capability") == 0 {
      self = .capability
    } else if strcmp(name, "system.posix_acl_access") == 0 || strcmp(name, "system.posix_acl_default") == 0 {
      self = .accessControlList
    } else {
      return nil
    }
  }
}

func getExtendedAttributeOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ capacity: Int
) {
  answer(raw) { files, _ throws(Errno) in
    switch KernelAttribute(name) {
    case .capability: throw Errno.ENODATA
    case .accessControlList: throw Errno.EOPNOTSUPP
    case nil: return try files.getxattr(InodeID(inode), String(kernelBytes: name))
    }
  } reply: { (request: consuming Request, value: [UInt8], _) in
    request.reply(extended: value, capacity: capacity)
  }
}

func setExtendedAttributeOperation(
  _ raw: fuse_req_t?, _ inode: fuse_ino_t, _ name: UnsafePointer<CChar>?, _ value: UnsafePointer<CChar>?, _ size: Int,
  _ flags: Int32
) {
  answer(raw) { files, _ throws(Errno) in
    guard KernelAttribute(name) == nil else { throw Errno.EOPNOTSUPP }
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
    switch KernelAttribute(name) {
    case .capability: throw Errno.ENODATA
    case .accessControlList: throw Errno.EOPNOTSUPP
    case nil: try files.removexattr(InodeID(inode), String(kernelBytes: name))
    }
  } reply: { request, _, _ in
    request.replyDone()
  }
}
