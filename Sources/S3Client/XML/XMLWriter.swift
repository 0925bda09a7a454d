// SPDX-License-Identifier: Apache-2.0

/// Writes the small documents that S3 takes.
struct XMLWriter {
  private(set) var bytes: [UInt8] = []

  mutating func open(_ name: String, namespace: Bool = false) {
    bytes.append(contentsOf: "<\(name)".utf8)
    if namespace { bytes.append(contentsOf: " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"".utf8) }
    bytes.append(UInt8(ascii: ">"))
  }

  mutating func close(_ name: String) { bytes.append(contentsOf: "</\(name)>".utf8) }

  mutating func element(_ name: String, _ text: String) {
    open(name)
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
      // Raw, a parser would make a line feed of CR, and may make a space of the others.
      case 0x09, 0x0A, 0x0D: bytes.append(contentsOf: "&#\(byte);".utf8)
      default: bytes.append(byte)
      }
    }
    close(name)
  }

  /// Whether XML 1.0 can hold a text at all: no control characters but tab and line ends, no U+FFFE and U+FFFF (§2.2).
  static func canHold(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      switch scalar.value {
      case 0x09, 0x0A, 0x0D: true
      case 0..<0x20, 0xFFFE, 0xFFFF: false
      default: true
      }
    }
  }
}
