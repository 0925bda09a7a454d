// SPDX-License-Identifier: Apache-2.0
//
// Reads the two documents that S3 takes, DeleteObjects and CompleteMultipartUpload, event by event.
//
// Not the parser of S3Client: a mistake of both must not look like agreement. Elements, text and entities; attributes,
// comments and declarations are passed over. State: a position and the names of the open elements. Whoever has the value.
// What can go wrong: ``Malformed``.

struct MemoryXMLScanner {
  struct Malformed: Error {}

  enum Event {
    case open(String)
    /// With the text since the last tag.
    case close(String, text: String)
  }

  private let bytes: [UInt8]
  private var position = 0
  private var names: [String] = []
  /// An element that closed itself: `<Quiet/>`.
  private var isClosing = false
  private var text: [UInt8] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Elements that are open.
  var depth: Int { names.count }

  /// nil at the end of the document.
  mutating func next() throws(Malformed) -> Event? {
    if isClosing {
      isClosing = false
      return .close(names.removeLast(), text: "")
    }
    while position < bytes.count {
      if bytes[position] != UInt8(ascii: "<") {
        try readText()
        continue
      }
      position += 1
      guard position < bytes.count else { throw Malformed() }
      switch bytes[position] {
      case UInt8(ascii: "?"), UInt8(ascii: "!"):
        _ = try tag()
      case UInt8(ascii: "/"):
        position += 1
        let name = MemoryXMLScanner.name(try tag())
        guard names.popLast() == name else { throw Malformed() }
        guard let string = String(validating: text, as: UTF8.self) else { throw Malformed() }
        text.removeAll(keepingCapacity: true)
        return .close(name, text: string)
      default:
        let tag = try tag()
        isClosing = tag.last == UInt8(ascii: "/")
        names.append(MemoryXMLScanner.name(tag))
        text.removeAll(keepingCapacity: true)
        return .open(names[names.count - 1])
      }
    }
    guard names.isEmpty else { throw Malformed() }
    return nil
  }

  /// What stands before the next `>`.
  private mutating func tag() throws(Malformed) -> ArraySlice<UInt8> {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: ">")) else { throw Malformed() }
    defer { position = end + 1 }
    return bytes[position..<end]
  }

  /// The name of an element, without namespace and attributes.
  private static func name(_ tag: ArraySlice<UInt8>) -> String {
    let name = tag.prefix { $0 > 0x20 && $0 != UInt8(ascii: "/") }
    let local = name.lastIndex(of: UInt8(ascii: ":")).map { name[($0 + 1)...] } ?? name
    return String(decoding: local, as: UTF8.self)
  }

  private mutating func readText() throws(Malformed) {
    while position < bytes.count, bytes[position] != UInt8(ascii: "<") {
      guard bytes[position] == UInt8(ascii: "&") else {
        text.append(bytes[position])
        position += 1
        continue
      }
      guard let end = bytes[position...].prefix(12).firstIndex(of: UInt8(ascii: ";")) else { throw Malformed() }
      try append(entity: String(decoding: bytes[(position + 1)..<end], as: UTF8.self))
      position = end + 1
    }
  }

  private mutating func append(entity: String) throws(Malformed) {
    switch entity {
    case "amp": text.append(UInt8(ascii: "&"))
    case "lt": text.append(UInt8(ascii: "<"))
    case "gt": text.append(UInt8(ascii: ">"))
    case "quot": text.append(UInt8(ascii: "\""))
    case "apos": text.append(UInt8(ascii: "'"))
    default:
      guard entity.hasPrefix("#") else { throw Malformed() }
      let digits = entity.dropFirst()
      let value = digits.hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
      guard let scalar = value.flatMap(Unicode.Scalar.init) else { throw Malformed() }
      text.append(contentsOf: String(Character(scalar)).utf8)
    }
  }
}
