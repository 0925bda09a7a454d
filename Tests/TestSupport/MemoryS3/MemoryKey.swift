// SPDX-License-Identifier: Apache-2.0

/// The key of an object in ``MemoryBucket``: equal and ordered by its bytes, as S3 lists keys, which a `String` is not.
package struct MemoryKey: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
  package let string: String

  package init(_ string: String) { self.string = string }

  package init(stringLiteral string: String) { self.string = string }

  package var description: String { string }

  /// The longest key, in bytes (S3 User Guide, "Object key naming guidelines").
  static let maximumLength = 1_024

  func hasPrefix(_ prefix: String) -> Bool { string.utf8.starts(with: prefix.utf8) }
}

extension MemoryKey: Hashable, Comparable {
  package static func == (left: MemoryKey, right: MemoryKey) -> Bool {
    left.string.utf8.count == right.string.utf8.count && left.string.utf8.elementsEqual(right.string.utf8)
  }

  package static func < (left: MemoryKey, right: MemoryKey) -> Bool {
    left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var string = string
    string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
