// SPDX-License-Identifier: Apache-2.0

import Glibc

/// An open file that is closed when the last reference to it is gone.
package final class FileDescriptor: Sendable {
  package let rawValue: Int32

  /// Takes over `rawValue`; nobody else may close it.
  package init(owning rawValue: Int32) { self.rawValue = rawValue }

  deinit { close(rawValue) }
}

/// A stretch of a file, in bytes.
package struct FileRegion: Sendable {
  package let file: FileDescriptor
  package let offset: Int64
  package let length: Int64

  package init(file: FileDescriptor, offset: Int64, length: Int64) {
    self.file = file
    self.offset = offset
    self.length = length
  }

  /// Whether the stretch lies within what a file can hold.
  var isValid: Bool { offset >= 0 && length >= 0 && !offset.addingReportingOverflow(length).overflow }
}
