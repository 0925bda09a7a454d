// SPDX-License-Identifier: Apache-2.0

import CFUSE
import Glibc
import VFS

extension Name {
  /// A name as the kernel passes it. Throws ENAMETOOLONG over 255 bytes, EILSEQ when it is no UTF-8, EINVAL when it cannot
  /// name an entry.
  init(_ bytes: UnsafePointer<CChar>?) throws(Errno) {
    guard let bytes else { throw .EINVAL }
    let count = strlen(bytes)
    guard count <= Name.maximumLength else { throw .ENAMETOOLONG }
    guard let name = Name(try String(kernelBytes: bytes)) else { throw .EINVAL }
    self = name
  }
}

extension String {
  /// Text as the kernel passes it, NUL-terminated. Throws EILSEQ when it is no UTF-8.
  init(kernelBytes bytes: UnsafePointer<CChar>?) throws(Errno) {
    guard let bytes, let string = String(validatingCString: bytes) else { throw .EILSEQ }
    self = string
  }
}

extension HandleID {
  /// The handle that open or opendir answered. Throws EBADF when there is none.
  init(_ info: UnsafeMutablePointer<fuse_file_info>?) throws(Errno) {
    guard let info else { throw .EBADF }
    self.init(info.pointee.fh)
  }
}

extension ExtendedAttributeMode {
  /// The flags of setxattr(2). Throws EINVAL for both or others.
  init(flags: Int32) throws(Errno) {
    switch flags {
    case 0: self = .set
    // XATTR_CREATE and XATTR_REPLACE of sys/xattr.h, which Swift's Glibc leaves out.
    case 1: self = .create
    case 2: self = .replace
    default: throw .EINVAL
    }
  }
}

extension Allocation {
  /// The mode of fallocate(2). Throws EOPNOTSUPP for what is not a change of zeros: collapsing, inserting, unsharing.
  init(mode: Int32) throws(Errno) {
    // The FALLOC_FL_* of linux/falloc.h, which Swift's Glibc leaves out: KEEP_SIZE 1, PUNCH_HOLE 2, ZERO_RANGE 16.
    switch mode {
    case 0: self = .reserve(keepsSize: false)
    case 1: self = .reserve(keepsSize: true)
    case 2 | 1: self = .punch
    case 16: self = .zero(keepsSize: false)
    case 16 | 1: self = .zero(keepsSize: true)
    default: throw .EOPNOTSUPP
    }
  }
}

extension SeekTarget {
  /// The `whence` of lseek(2). Throws EINVAL for those that the kernel answers itself.
  init(whence: Int32) throws(Errno) {
    // SEEK_DATA and SEEK_HOLE of unistd.h, which Swift's Glibc leaves out.
    switch whence {
    case 3: self = .data
    case 4: self = .hole
    default: throw .EINVAL
    }
  }
}
