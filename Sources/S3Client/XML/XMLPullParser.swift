// SPDX-License-Identifier: Apache-2.0
//
// The XML of S3 answers, read by asking for one element after the other.
//
// For: the decoders of list pages, results and errors. A page of 1,000 keys costs about half a millisecond; Foundation's
// parser takes six times as long. The document is what a server sent, so it may be hostile: every index is checked, the
// depth and the length of a text are limited, a document type declaration (and so every entity of one) is refused.
// Not a general parser: attributes are skipped, namespace prefixes ignored, and text between elements is dropped.
// State: a position in bytes that somebody else owns and the open elements. A value of one function on one thread,
// valid only inside ``withDocument(_:root:_:)``.
// What can go wrong: XMLError, with the place. After an error the parser must not be used again.

import Glibc

package struct XMLPullParser {
  /// S3's answers nest five deep.
  static var maximumDepth: Int { 32 }
  /// Longer than any key in its longest encoding (1,024 bytes × 3, or 8 as numeric entities) and any message.
  static var maximumTextLength: Int { 64 << 10 }

  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  /// The names of the open elements, as they stand in their start tags (with prefix).
  private var open = InlineArray<32, Range<Int>>(repeating: 0..<0)
  private var depth = 0
  /// The element just started was `<a/>`: it has no content and no end tag.
  private var startedEmpty = false

  /// Parses a whole document whose root element is called `root`.
  ///
  /// - Parameter body: is called inside the root; it reads the children with ``nextChild()``.
  /// - Throws: `XMLError` for what is not well-formed, another root, or content after the root.
  package static func withDocument<Result>(
    _ document: [UInt8], root: StaticString, _ body: (inout XMLPullParser) throws(XMLError) -> Result
  ) throws(XMLError) -> Result {
    try withDocument(document) { (parser, name) throws(XMLError) in
      guard name == root else { throw XMLError(.unexpectedElement, at: parser.position) }
      return try body(&parser)
    }
  }

  /// The same for a root of any name.
  package static func withDocument<Result>(
    _ document: [UInt8], _ body: (inout XMLPullParser, XMLName) throws(XMLError) -> Result
  ) throws(XMLError) -> Result {
    try document.withUnsafeBufferPointer { (bytes) throws(XMLError) in
      var parser = XMLPullParser(bytes: bytes)
      if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { parser.position = 3 }
      guard let root = try parser.nextChild() else { throw XMLError(.endedEarly, at: parser.position) }
      let result = try body(&parser, root)
      while parser.depth > 0 { _ = try parser.nextChild() }
      guard try parser.nextChild() == nil else { throw XMLError(.unexpectedElement, at: parser.position) }
      return result
    }
  }

  private init(bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

  /// Goes to the next child of the element just started, or whose children are being read.
  ///
  /// - Returns: the name of the child, whose content the caller must now read (``text()``, ``skip()``, or this again);
  ///   nil when the element has no more children: its end tag is behind, and the parser is in its parent.
  package mutating func nextChild() throws(XMLError) -> XMLName? {
    if startedEmpty {
      startedEmpty = false
      depth -= 1
      return nil
    }
    while true {
      // Mostly one tag follows the other without a line end between them.
      let isHere = position < bytes.count && bytes[position] == UInt8(ascii: "<")
      let markup = isHere ? position : find(UInt8(ascii: "<")) ?? bytes.count
      if depth == 0 {
        // Outside of the root only white space may stand; AWS sends some of it while a slow operation runs.
        for index in position..<markup where !XMLPullParser.isSpace(bytes[index]) {
          throw XMLError(.malformed, at: index)
        }
      }
      position = markup
      if markup == bytes.count {
        if depth == 0 { return nil }
        throw XMLError(.endedEarly, at: position)
      }
      switch byte(at: markup + 1) {
      case UInt8(ascii: "/"):
        try endElement()
        return nil
      case UInt8(ascii: "!"), UInt8(ascii: "?"):
        try skipDeclaration()
      default:
        return try startElement()
      }
    }
  }

  /// Skips the element just started with all that it holds.
  package mutating func skip() throws(XMLError) {
    let outside = depth - 1
    // Each turn moves the position or leaves an empty element.
    while depth > outside { _ = try nextChild() }
  }

  /// Reads the content of the element just started, which may only be text, and passes its end tag.
  package mutating func text() throws(XMLError) -> XMLText {
    if startedEmpty {
      startedEmpty = false
      depth -= 1
      return XMLText(UnsafeBufferPointer(rebasing: bytes[position..<position]), at: position)
    }
    let start = position
    guard let end = find(UInt8(ascii: "<")) else { throw XMLError(.endedEarly, at: bytes.count) }
    guard end - start <= XMLPullParser.maximumTextLength else { throw XMLError(.tooLong, at: start) }
    if byte(at: end + 1) == UInt8(ascii: "/") {
      position = end
      try endElement()
      return XMLText(UnsafeBufferPointer(rebasing: bytes[start..<end]), at: start)
    }
    return try brokenText(from: start)
  }

  // MARK: Tags

  private mutating func startElement() throws(XMLError) -> XMLName {
    guard depth < XMLPullParser.maximumDepth else { throw XMLError(.tooDeep, at: position) }
    let start = position + 1
    var end = start
    var localStart = start
    while end < bytes.count, !XMLPullParser.endsName(bytes[end]) {
      if bytes[end] == UInt8(ascii: ":") { localStart = end + 1 }
      end += 1
    }
    guard end > start else { throw XMLError(.malformed, at: start) }
    position = end
    if byte(at: end) == UInt8(ascii: ">") { position += 1 } else { try skipAttributes() }
    open[depth] = start..<end
    depth += 1
    return XMLName(UnsafeBufferPointer(rebasing: bytes[localStart..<end]))
  }

  /// Passes everything up to and including the `>` of a start tag.
  private mutating func skipAttributes() throws(XMLError) {
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      switch byte {
      case UInt8(ascii: ">"):
        return
      case UInt8(ascii: "/"):
        guard self.byte(at: position) == UInt8(ascii: ">") else { throw XMLError(.malformed, at: position) }
        position += 1
        startedEmpty = true
        return
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        guard let close = find(byte) else { throw XMLError(.endedEarly, at: bytes.count) }
        position = close + 1
      case UInt8(ascii: "<"):
        throw XMLError(.malformed, at: position - 1)
      default:
        break
      }
    }
    throw XMLError(.endedEarly, at: position)
  }

  /// At `</`: passes the end tag of the innermost open element.
  private mutating func endElement() throws(XMLError) {
    guard depth > 0 else { throw XMLError(.mismatchedEnd, at: position) }
    depth -= 1
    let name = open[depth]
    var at = position + 2
    guard bytes.count - at > name.count else { throw XMLError(.endedEarly, at: bytes.count) }
    guard let base = bytes.baseAddress, memcmp(base + at, base + name.lowerBound, name.count) == 0 else {
      throw XMLError(.mismatchedEnd, at: position)
    }
    at += name.count
    while let byte = byte(at: at), XMLPullParser.isSpace(byte) { at += 1 }
    guard let close = byte(at: at) else { throw XMLError(.endedEarly, at: bytes.count) }
    guard close == UInt8(ascii: ">") else { throw XMLError(.mismatchedEnd, at: position) }
    position = at + 1
  }

  // MARK: What is neither element nor text

  /// At `<!` or `<?`: passes a comment, CDATA outside of a text, or processing instruction; refuses anything else.
  private mutating func skipDeclaration() throws(XMLError) {
    if starts(with: "<!--") {
      position = try end(of: "-->", from: position + 4)
    } else if starts(with: "<![CDATA[") {
      position = try end(of: "]]>", from: position + 9)
    } else if starts(with: "<?") {
      position = try end(of: "?>", from: position + 2)
    } else {
      throw XMLError(starts(with: "<!D") ? .doctype : .malformed, at: position)
    }
  }

  /// A text with comments, instructions or CDATA in it: put together piece by piece.
  private mutating func brokenText(from start: Int) throws(XMLError) -> XMLText {
    var pieces: [UInt8] = []
    position = start
    while true {
      guard let markup = find(UInt8(ascii: "<")) else { throw XMLError(.endedEarly, at: bytes.count) }
      let piece = UnsafeBufferPointer(rebasing: bytes[position..<markup])
      try XMLText(piece, at: position).appendDecoded(to: &pieces)
      position = markup
      if byte(at: markup + 1) == UInt8(ascii: "/") {
        try endElement()
        return XMLText(decoded: pieces, at: start)
      }
      guard let next = byte(at: markup + 1), next == UInt8(ascii: "!") || next == UInt8(ascii: "?") else {
        throw XMLError(.unexpectedElement, at: markup)
      }
      let isCDATA = starts(with: "<![CDATA[")
      try skipDeclaration()
      if isCDATA { pieces.append(contentsOf: bytes[(markup + 9)..<(position - 3)]) }
      guard pieces.count <= XMLPullParser.maximumTextLength else { throw XMLError(.tooLong, at: start) }
    }
  }

  // MARK: Bytes

  private func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }

  private func find(_ byte: UInt8) -> Int? {
    guard position < bytes.count, let base = bytes.baseAddress else { return nil }
    guard let found = memchr(base + position, Int32(byte), bytes.count - position) else { return nil }
    return UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }

  private func starts(with text: StaticString) -> Bool { matches(text, at: position) }

  private func matches(_ text: StaticString, at index: Int) -> Bool {
    guard bytes.count - index >= text.utf8CodeUnitCount, let base = bytes.baseAddress else { return false }
    return memcmp(base + index, text.utf8Start, text.utf8CodeUnitCount) == 0
  }

  /// The index behind the next `text`.
  private func end(of text: StaticString, from start: Int) throws(XMLError) -> Int {
    var index = start
    while bytes.count - index >= text.utf8CodeUnitCount {
      if matches(text, at: index) { return index + text.utf8CodeUnitCount }
      index += 1
    }
    throw XMLError(.endedEarly, at: bytes.count)
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

  private static func endsName(_ byte: UInt8) -> Bool {
    // Letters are above all of them.
    if byte > UInt8(ascii: ">") { return false }
    return isSpace(byte) || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<")
  }
}
