// SPDX-License-Identifier: Apache-2.0

/// The key of an object: UTF-8, any bytes of it. Equal when the bytes are (see `VFS.Name` for why not String).
package struct ObjectKey: Sendable {
  package let string: String

  package init(_ string: String) { self.string = string }

  /// Bytes of the longest key that every store takes, and the longest of Amazon's (S3 User Guide, "Object key naming guidelines").
  package static let guaranteedLength = 1_024
  /// Bytes of the longest key that any store is asked for: two of Linux' longest paths (PATH_MAX).
  package static let maximumLength = 8_192
}

extension ObjectKey: Hashable, Comparable {
  package static func == (left: ObjectKey, right: ObjectKey) -> Bool {
    left.string.utf8.elementsEqual(right.string.utf8)
  }

  package static func < (left: ObjectKey, right: ObjectKey) -> Bool {
    left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var string = string
    string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension ObjectKey: CustomStringConvertible {
  package var description: String { string }
}
