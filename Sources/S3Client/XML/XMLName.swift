// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The local name of an element; points into the document that is being parsed.
package struct XMLName {
  private let bytes: UnsafeBufferPointer<UInt8>

  init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  package static func == (name: XMLName, text: StaticString) -> Bool {
    guard name.bytes.count == text.utf8CodeUnitCount, let base = name.bytes.baseAddress else { return false }
    return memcmp(base, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  /// So that a decoder can switch over names.
  package static func ~= (text: StaticString, name: XMLName) -> Bool { name == text }
}
