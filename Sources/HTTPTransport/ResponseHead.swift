// SPDX-License-Identifier: Apache-2.0

/// Collects the status and the fields of the final response from header lines, with limits on both.
///
/// Interim responses (1xx, RFC 9110 §15.2) are forgotten when the next status line comes; trailers (§6.5) are
/// dropped.
struct ResponseHead {
  /// In bytes, over all header lines of a request, interim responses and trailers included.
  static let byteLimit = 64 << 10
  static let fieldLimit = 512

  private(set) var status = 0
  private(set) var headers = HTTPHeaders()
  /// The length that the response announces, where it does; known at the end of the head.
  private(set) var contentLength: Int64?
  private var bytes = 0
  private var isComplete = false

  /// Takes one header line with its line end.
  ///
  /// - Returns: false when the response has more header bytes or fields than allowed.
  mutating func take(_ line: UnsafeRawBufferPointer) -> Bool {
    bytes += line.count
    guard bytes <= ResponseHead.byteLimit else { return false }
    let text = ResponseHead.trim(line[...])
    if isComplete && (status >= 200 || status == 101) { return true }
    if text.starts(with: "HTTP/".utf8) {
      (status, headers, isComplete) = (ResponseHead.status(in: text), HTTPHeaders(), false)
    } else if text.isEmpty {
      isComplete = true
      contentLength = headers["Content-Length"].flatMap { Int64($0) }
    } else {
      guard headers.fields.count < ResponseHead.fieldLimit else { return false }
      takeField(text, isFolded: line[0] == UInt8(ascii: " ") || line[0] == UInt8(ascii: "\t"))
    }
    return true
  }

  private mutating func takeField(_ text: Slice<UnsafeRawBufferPointer>, isFolded: Bool) {
    // RFC 9112 §5.2: a line that begins with white space continues the value before it.
    if isFolded {
      headers.extendLast(with: " " + String(decoding: text, as: UTF8.self))
      return
    }
    guard let colon = text.firstIndex(of: UInt8(ascii: ":")) else { return }
    headers.append(
      String(decoding: text[..<colon], as: UTF8.self),
      String(decoding: ResponseHead.trim(text[text.index(after: colon)...]), as: UTF8.self))
  }

  private static func status(in line: Slice<UnsafeRawBufferPointer>) -> Int {
    let digits = line.drop { $0 != UInt8(ascii: " ") }.drop { $0 == UInt8(ascii: " ") }.prefix(3)
    return digits.reduce(0) { sum, digit in
      digit >= UInt8(ascii: "0") && digit <= UInt8(ascii: "9") ? sum * 10 + Int(digit & 0x0f) : sum
    }
  }

  private static func trim(_ bytes: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
    var bytes = bytes
    while let last = bytes.last, isSpace(last) { bytes.removeLast() }
    while let first = bytes.first, isSpace(first) { bytes.removeFirst() }
    return bytes
  }

  private static func isSpace(_ byte: UInt8) -> Bool {
    byte == 0x20 || byte == 0x09 || byte == 0x0d || byte == 0x0a
  }
}
