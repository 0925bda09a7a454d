// SPDX-License-Identifier: Apache-2.0

/// `Content-Range: bytes 0-499/1234` of a 206 (RFC 9110 §14.4).
package struct ContentRange: Equatable, Sendable {
  /// The bytes that came.
  package let range: Range<Int64>
  /// The size of the whole object.
  package let size: Int64

  /// nil unless the text is such a range, inside of the size. An unknown size (`*`) is refused: S3 always knows it.
  package init?(_ text: String) {
    let unit = "bytes "
    guard text.hasPrefix(unit) else { return nil }
    let parts = text.dropFirst(unit.count).split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let size = Decimal.parse(parts[1]) else { return nil }
    let bounds = parts[0].split(separator: "-", omittingEmptySubsequences: false)
    guard bounds.count == 2, let first = Decimal.parse(bounds[0]), let last = Decimal.parse(bounds[1]),
      first <= last, last < size
    else { return nil }
    range = first..<(last + 1)
    self.size = size
  }
}
