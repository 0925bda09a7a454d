// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The flags of `open(2)`, as the kernel passes them to a file system.
package struct OpenFlags: OptionSet, Sendable {
  package let rawValue: Int32

  package init(rawValue: Int32) { self.rawValue = rawValue }

  package static let create = OpenFlags(rawValue: O_CREAT)
  package static let exclusive = OpenFlags(rawValue: O_EXCL)
  package static let truncate = OpenFlags(rawValue: O_TRUNC)
  package static let append = OpenFlags(rawValue: O_APPEND)
  package static let synchronous = OpenFlags(rawValue: O_SYNC)

  package var allowsWriting: Bool { rawValue & O_ACCMODE != O_RDONLY }
  package var allowsReading: Bool { rawValue & O_ACCMODE != O_WRONLY }
}

/// The flags of `renameat2(2)`.
package struct RenameFlags: OptionSet, Sendable {
  package let rawValue: UInt32

  package init(rawValue: UInt32) { self.rawValue = rawValue }

  /// RENAME_NOREPLACE: EEXIST when the new name exists.
  package static let noReplace = RenameFlags(rawValue: 1)
  /// RENAME_EXCHANGE: swap the two names.
  package static let exchange = RenameFlags(rawValue: 2)
}

/// The flags of `setxattr(2)`.
package enum ExtendedAttributeMode: Sendable {
  /// Create or replace.
  case set
  /// XATTR_CREATE: EEXIST when it exists.
  case create
  /// XATTR_REPLACE: ENODATA when it does not.
  case replace
}
