// SPDX-License-Identifier: Apache-2.0

/// The body of a DeleteObjects.
struct MemoryDeletion {
  struct Item {
    var key: MemoryKey
    var etag: String?
  }

  private(set) var items: [Item] = []
  private(set) var isQuiet = false

  /// nil when it is none: not well-formed, no keys or more than 1,000 of them.
  init?(_ body: [UInt8]) {
    var scanner = MemoryXMLScanner(body)
    var key: String?
    var etag: String?
    do {
      guard case .open("Delete") = try scanner.next() else { return nil }
      while let event = try scanner.next() {
        switch event {
        case .open("Object"): (key, etag) = (nil, nil)
        case .close("Key", let text): key = text
        case .close("ETag", let text): etag = text
        case .close("Quiet", let text): isQuiet = text == "true"
        case .close("Object", _):
          guard let key, !key.isEmpty else { return nil }
          items.append(Item(key: MemoryKey(key), etag: etag))
        default: break
        }
      }
    } catch {
      return nil
    }
    guard (1...1_000).contains(items.count) else { return nil }
  }
}

/// The body of a CompleteMultipartUpload.
struct MemoryCompletionList {
  struct Part {
    var number: Int
    var etag: String
    var crc32: String?
  }

  private(set) var parts: [Part] = []

  /// nil when it is none: not well-formed, or a part without number or entity tag.
  init?(_ body: [UInt8]) {
    var scanner = MemoryXMLScanner(body)
    var number: Int?
    var etag: String?
    var crc32: String?
    do {
      guard case .open("CompleteMultipartUpload") = try scanner.next() else { return nil }
      while let event = try scanner.next() {
        switch event {
        case .open("Part"): (number, etag, crc32) = (nil, nil, nil)
        case .close("PartNumber", let text): number = MemoryDecimal.parse(text.utf8)
        case .close("ETag", let text): etag = text
        case .close("ChecksumCRC32", let text): crc32 = text
        case .close("Part", _):
          guard let number, let etag else { return nil }
          parts.append(Part(number: number, etag: etag, crc32: crc32))
        default: break
        }
      }
    } catch {
      return nil
    }
  }
}
