// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The text of an element, not decoded yet; points into the document that is being parsed.
package struct XMLText {
  private let raw: UnsafeBufferPointer<UInt8>
  /// Set when the text was put together from several pieces: already decoded.
  private let decoded: [UInt8]?
  /// Where it begins in the document.
  private let offset: Int

  init(_ raw: UnsafeBufferPointer<UInt8>, at offset: Int) {
    self.raw = raw
    decoded = nil
    self.offset = offset
  }

  init(decoded: [UInt8], at offset: Int) {
    raw = UnsafeBufferPointer(start: nil, count: 0)
    self.decoded = decoded
    self.offset = offset
  }

  /// Calls `body` with the bytes of the text, entities replaced.
  package func withBytes<Result>(
    _ body: (UnsafeBufferPointer<UInt8>) throws(XMLError) -> Result
  ) throws(XMLError) -> Result {
    if let decoded {
      return try decoded.withUnsafeBufferPointer { (bytes) throws(XMLError) in try body(bytes) }
    }
    guard let base = raw.baseAddress, memchr(base, Int32(UInt8(ascii: "&")), raw.count) != nil else {
      return try body(raw)
    }
    var bytes: [UInt8] = []
    try appendDecoded(to: &bytes)
    return try bytes.withUnsafeBufferPointer { (bytes) throws(XMLError) in try body(bytes) }
  }

  /// The text as a string.
  package func string() throws(XMLError) -> String {
    try withBytes { (bytes) throws(XMLError) in
      guard let string = XMLText.string(bytes) else { throw error(.notUTF8) }
      return string
    }
  }

  /// nil when the bytes are not UTF-8. The validating initialiser takes ten times as long for the short texts of a page.
  static func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    var all: UInt8 = 0
    for byte in bytes { all |= byte }
    return all < 0x80 ? String(decoding: bytes, as: UTF8.self) : String(validating: bytes, as: UTF8.self)
  }

  /// The text as a number, as `Size` and `PartNumber` have it; not negative.
  package func count() throws(XMLError) -> Int64 {
    try withBytes { (bytes) throws(XMLError) in
      guard let value = Decimal.parse(trimmed(bytes)) else { throw error(.invalidValue) }
      return value
    }
  }

  /// `true` or `false`, as `IsTruncated` has it.
  package func bool() throws(XMLError) -> Bool {
    try withBytes { (bytes) throws(XMLError) in
      let bytes = trimmed(bytes)
      if bytes.elementsEqual("true".utf8) || bytes.elementsEqual("True".utf8) { return true }
      if bytes.elementsEqual("false".utf8) || bytes.elementsEqual("False".utf8) { return false }
      throw error(.invalidValue)
    }
  }

  /// The text without those quotation marks around it, written in any of the ways that XML has.
  func unquoted() -> XMLText {
    guard decoded == nil else { return self }
    for quote: StaticString in ["\"", "&quot;", "&#34;"] {
      let length = quote.utf8CodeUnitCount
      guard raw.count >= 2 * length, let base = raw.baseAddress, memcmp(base, quote.utf8Start, length) == 0,
        memcmp(base + raw.count - length, quote.utf8Start, length) == 0
      else { continue }
      return XMLText(UnsafeBufferPointer(rebasing: raw[length..<(raw.count - length)]), at: offset)
    }
    return self
  }

  func error(_ reason: XMLError.Reason) -> XMLError { XMLError(reason, at: offset) }

  private func trimmed(_ bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    guard let first = bytes.firstIndex(where: { $0 > 0x20 }), let last = bytes.lastIndex(where: { $0 > 0x20 }) else {
      return UnsafeBufferPointer(start: nil, count: 0)
    }
    return UnsafeBufferPointer(rebasing: bytes[first...last])
  }

  // MARK: Entities

  /// Appends the text with its entities replaced.
  ///
  /// Numeric entities may name any scalar: S3 writes a key's U+0001 as `&#x1;`, which XML 1.0 forbids. Line ends stay as
  /// they are, because a raw CR in an answer is one of a key.
  func appendDecoded(to output: inout [UInt8]) throws(XMLError) {
    output.reserveCapacity(output.count + raw.count)
    var index = 0
    while index < raw.count {
      let byte = raw[index]
      if byte != UInt8(ascii: "&") {
        output.append(byte)
        index += 1
        continue
      }
      // The longest is "&#x10FFFF;"; leading zeros may make it longer, within reason.
      let limit = min(index + 16, raw.count)
      guard let end = raw[index..<limit].firstIndex(of: UInt8(ascii: ";")) else { throw error(.entity) }
      try appendEntity(UnsafeBufferPointer(rebasing: raw[(index + 1)..<end]), to: &output)
      index = end + 1
    }
  }

  private func appendEntity(_ name: UnsafeBufferPointer<UInt8>, to output: inout [UInt8]) throws(XMLError) {
    if name.first == UInt8(ascii: "#") {
      guard let scalar = scalar(name.dropFirst()) else { throw error(.entity) }
      output.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      return
    }
    for (entity, byte) in XMLText.entities where name.elementsEqual(entity.utf8) {
      output.append(byte)
      return
    }
    throw error(.entity)
  }

  private static let entities: [(String, UInt8)] = [
    ("amp", UInt8(ascii: "&")), ("lt", UInt8(ascii: "<")), ("gt", UInt8(ascii: ">")), ("quot", UInt8(ascii: "\"")),
    ("apos", UInt8(ascii: "'")),
  ]

  private func scalar(_ digits: Slice<UnsafeBufferPointer<UInt8>>) -> Unicode.Scalar? {
    let isHexadecimal = digits.first == UInt8(ascii: "x")
    let digits = isHexadecimal ? digits.dropFirst() : digits
    guard !digits.isEmpty else { return nil }
    var value: UInt32 = 0
    for byte in digits {
      guard let digit = Hexadecimal.value(of: byte), isHexadecimal || digit < 10 else { return nil }
      value = value * (isHexadecimal ? 16 : 10) + UInt32(digit)
      guard value <= 0x10FFFF else { return nil }
    }
    return Unicode.Scalar(value)
  }
}
