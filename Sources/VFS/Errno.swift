// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An error number as `errno(3)` lists them: all that a file system can tell a kernel about a failure.
package struct Errno: Error, Hashable, Sendable {
  /// The positive number, for example 2 for ENOENT.
  package let code: Int32

  package init(_ code: Int32) { self.code = code }

  /// The number that the last failed C call of this thread left.
  package static var current: Errno { Errno(Glibc.errno) }

  package static let EPERM = Errno(Glibc.EPERM)
  package static let ENOENT = Errno(Glibc.ENOENT)
  package static let EINTR = Errno(Glibc.EINTR)
  package static let EIO = Errno(Glibc.EIO)
  package static let EBADF = Errno(Glibc.EBADF)
  package static let ENXIO = Errno(Glibc.ENXIO)
  package static let EAGAIN = Errno(Glibc.EAGAIN)
  package static let ENOMEM = Errno(Glibc.ENOMEM)
  package static let EACCES = Errno(Glibc.EACCES)
  package static let EBUSY = Errno(Glibc.EBUSY)
  package static let EEXIST = Errno(Glibc.EEXIST)
  package static let EXDEV = Errno(Glibc.EXDEV)
  package static let ENOTDIR = Errno(Glibc.ENOTDIR)
  package static let EISDIR = Errno(Glibc.EISDIR)
  package static let EINVAL = Errno(Glibc.EINVAL)
  package static let EFBIG = Errno(Glibc.EFBIG)
  package static let ENOSPC = Errno(Glibc.ENOSPC)
  package static let EROFS = Errno(Glibc.EROFS)
  package static let ERANGE = Errno(Glibc.ERANGE)
  package static let ENAMETOOLONG = Errno(Glibc.ENAMETOOLONG)
  package static let ENOSYS = Errno(Glibc.ENOSYS)
  package static let ENOTEMPTY = Errno(Glibc.ENOTEMPTY)
  package static let ENODATA = Errno(Glibc.ENODATA)
  package static let EILSEQ = Errno(Glibc.EILSEQ)
  package static let EOPNOTSUPP = Errno(Glibc.EOPNOTSUPP)
  package static let ETIMEDOUT = Errno(Glibc.ETIMEDOUT)
  package static let ESTALE = Errno(Glibc.ESTALE)
  package static let EDQUOT = Errno(Glibc.EDQUOT)
  package static let ECANCELED = Errno(Glibc.ECANCELED)
}

extension Errno: CustomStringConvertible {
  /// The text of `strerror(3)`, for example "No such file or directory".
  package var description: String { String(cString: strerror(code)) }
}
