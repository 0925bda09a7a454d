// SPDX-License-Identifier: Apache-2.0

/// The key of an object: up to 1,024 bytes of UTF-8, any of them. Equal when the bytes are (see `VFS.Name` for why not String).
package struct ObjectKey: Sendable {
  package let string: String

  package init(_ string: String) { self.string = string }

  /// The longest key in bytes (S3 User Guide, "Object key naming guidelines").
  package static let maximumLength = 1_024
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
