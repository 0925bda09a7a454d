// SPDX-License-Identifier: Apache-2.0

/// The URL of a request taken apart: which bucket, which key, what else (S3 User Guide, "Virtual hosting of buckets").
struct MemoryURL {
  private(set) var bucket = ""
  /// Empty for the bucket itself.
  private(set) var key = ""
  private(set) var query: [String: String] = [:]

  /// - Parameter name: of the bucket that may stand before the host name.
  /// - Returns: nil when it is none, or what it encodes is not UTF-8.
  init?(_ url: String, bucket name: String) {
    var url = url
    let isValid = url.withUTF8 { parse($0[...], name) }
    guard isValid else { return nil }
  }

  private mutating func parse(_ url: Slice<UnsafeBufferPointer<UInt8>>, _ name: String) -> Bool {
    // "http://" or "https://".
    guard let colon = url.firstIndex(of: UInt8(ascii: ":")), url[colon...].starts(with: "://".utf8) else {
      return false
    }
    let rest = url[(colon + 3)...]
    let host = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
    let path = rest[host.endIndex...].prefix { $0 != UInt8(ascii: "?") }
    var tail = path.dropFirst()
    if host.starts(with: name.utf8), host.dropFirst(name.utf8.count).first == UInt8(ascii: ".") {
      bucket = name
    } else {
      let first = tail.prefix { $0 != UInt8(ascii: "/") }
      guard let text = MemoryURL.decode(first, plusIsSpace: false) else { return false }
      bucket = text
      tail = tail[first.endIndex...].dropFirst()
    }
    guard let text = MemoryURL.decode(tail, plusIsSpace: false) else { return false }
    key = text
    for item in rest[path.endIndex...].dropFirst().split(separator: UInt8(ascii: "&")) {
      let encoded = item.prefix { $0 != UInt8(ascii: "=") }
      guard let name = MemoryURL.decode(encoded, plusIsSpace: true),
        let value = MemoryURL.decode(item[encoded.endIndex...].dropFirst(), plusIsSpace: true)
      else { return false }
      query[name] = value
    }
    return true
  }

  /// The bucket and key of an `x-amz-copy-source`: `/bucket/key` or `bucket/key`, percent-encoded.
  static func copySource(_ text: String) -> (bucket: String, key: MemoryKey)? {
    var text = text
    return text.withUTF8 { bytes in
      let rest = bytes.first == UInt8(ascii: "/") ? bytes.dropFirst() : bytes[...]
      let bucket = rest.prefix { $0 != UInt8(ascii: "/") }
      guard let name = decode(bucket, plusIsSpace: false),
        let key = decode(rest[bucket.endIndex...].dropFirst(), plusIsSpace: false), !key.isEmpty
      else { return nil }
      return (name, MemoryKey(key))
    }
  }

  private static func decode(_ text: Slice<UnsafeBufferPointer<UInt8>>, plusIsSpace: Bool) -> String? {
    guard text.contains(where: { $0 == UInt8(ascii: "%") || $0 == UInt8(ascii: "+") }) else {
      return String(validating: text, as: UTF8.self)
    }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.count)
    var index = text.startIndex
    while index < text.endIndex {
      if text[index] == UInt8(ascii: "%") {
        guard index + 2 < text.endIndex, let high = MemoryHex.value(text[index + 1]),
          let low = MemoryHex.value(text[index + 2])
        else { return nil }
        bytes.append(high << 4 | low)
        index += 3
      } else {
        bytes.append(plusIsSpace && text[index] == UInt8(ascii: "+") ? UInt8(ascii: " ") : text[index])
        index += 1
      }
    }
    return String(validating: bytes, as: UTF8.self)
  }
}
