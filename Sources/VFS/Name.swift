// SPDX-License-Identifier: Apache-2.0

/// One component of a path: 1 to 255 bytes of UTF-8 without `/` or NUL, never `.` or `..`.
///
/// Two names are equal when their bytes are. Swift's `String` compares canonically ("é" in one or two scalars is the same
/// string), a file system and S3 do not; hence a type of its own.
package struct Name: Sendable {
  package let string: String

  /// Fails on anything that cannot be a directory entry.
  package init?(_ string: String) {
    guard Name.isValid(string.utf8) else { return nil }
    self.string = string
  }

  /// Fails on bytes that are no UTF-8 (an S3 key must be) and on anything that cannot be a directory entry.
  package init?(utf8 bytes: UnsafeRawBufferPointer) {
    guard let string = String(validating: bytes.bindMemory(to: UInt8.self), as: UTF8.self) else { return nil }
    self.init(string)
  }

  /// The longest name in bytes (NAME_MAX of Linux).
  package static let maximumLength = 255

  private static func isValid(_ bytes: String.UTF8View) -> Bool {
    let count = bytes.count
    guard count >= 1, count <= maximumLength else { return false }
    if count <= 2, bytes.allSatisfy({ $0 == UInt8(ascii: ".") }) { return false }
    return !bytes.contains { $0 == 0 || $0 == UInt8(ascii: "/") }
  }
}

extension Name: Hashable, Comparable {
  package static func == (left: Name, right: Name) -> Bool { left.string.utf8.elementsEqual(right.string.utf8) }

  package static func < (left: Name, right: Name) -> Bool {
    left.string.utf8.lexicographicallyPrecedes(right.string.utf8)
  }

  package func hash(into hasher: inout Hasher) {
    var string = string
    string.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

extension Name: CustomStringConvertible {
  package var description: String { string }
}
