// SPDX-License-Identifier: Apache-2.0

/// Writes the documents that S3 answers with.
struct MemoryXMLWriter {
  private(set) var bytes: [UInt8] = []

  init(capacity: Int = 512) {
    bytes.reserveCapacity(capacity)
    bytes.append(contentsOf: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".utf8)
  }

  mutating func open(_ name: String, namespace: Bool = false) {
    bytes.append(UInt8(ascii: "<"))
    bytes.append(contentsOf: name.utf8)
    if namespace { bytes.append(contentsOf: " xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"".utf8) }
    bytes.append(UInt8(ascii: ">"))
  }

  mutating func close(_ name: String) {
    bytes.append(UInt8(ascii: "<"))
    bytes.append(UInt8(ascii: "/"))
    bytes.append(contentsOf: name.utf8)
    bytes.append(UInt8(ascii: ">"))
  }

  /// - Parameter urlEncoded: writes the text as forms do, for `encoding-type=url`.
  mutating func element(_ name: String, _ text: String, namespace: Bool = false, urlEncoded: Bool = false) {
    open(name, namespace: namespace)
    for byte in text.utf8 { if urlEncoded { encode(byte) } else { escape(byte) } }
    close(name)
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "&"): bytes.append(contentsOf: "&amp;".utf8)
    case UInt8(ascii: "<"): bytes.append(contentsOf: "&lt;".utf8)
    case UInt8(ascii: ">"): bytes.append(contentsOf: "&gt;".utf8)
    case UInt8(ascii: "\""): bytes.append(contentsOf: "&quot;".utf8)
    case 0..<0x20: bytes.append(contentsOf: "&#\(byte);".utf8)
    default: bytes.append(byte)
    }
  }

  /// A space is `+`, and slashes stay (S3 API Reference, ListObjectsV2, EncodingType).
  private mutating func encode(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
      UInt8(ascii: "*"), UInt8(ascii: "/"):
      bytes.append(byte)
    case UInt8(ascii: " "): bytes.append(UInt8(ascii: "+"))
    default:
      bytes.append(UInt8(ascii: "%"))
      bytes.append(MemoryHex.digit(byte >> 4, capital: true))
      bytes.append(MemoryHex.digit(byte & 15, capital: true))
    }
  }
}
