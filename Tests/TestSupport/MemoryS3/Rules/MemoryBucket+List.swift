// SPDX-License-Identifier: Apache-2.0
//
// ListObjectsV2: one page of keys in the order of their bytes, those with the delimiter behind the prefix grouped.
//
// The continuation token names the last entry of the page before: `k` and a key, or `p` and a common prefix, in hex. So a
// listing whose objects change between pages shows what S3 shows: every key that was there all the time, once.

extension MemoryBucket {
  func list(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    let prefix = request.query["prefix"] ?? ""
    let delimiter = request.query["delimiter"].flatMap { $0.isEmpty ? nil : $0 }
    let limit = try MemoryBucket.limit(request, "max-keys")
    var index = try start(request, prefix: prefix)
    var contents: [MemoryKey] = []
    var prefixes: [String] = []
    var last = ""
    var isTruncated = false
    while index < keys.count, keys[index].hasPrefix(prefix) {
      guard contents.count + prefixes.count < limit else {
        isTruncated = limit > 0
        break
      }
      if let delimiter, let group = MemoryBucket.group(keys[index], prefix: prefix, delimiter: delimiter) {
        prefixes.append(group)
        last = "p" + MemoryHex.text(group)
        index = end(of: group)
      } else {
        contents.append(keys[index])
        last = "k"
        index += 1
      }
    }
    if last == "k" { last += MemoryHex.text(contents[contents.count - 1].string) }

    let isEncoded = request.query["encoding-type"] == "url"
    var document = MemoryXMLWriter(capacity: 512 + 300 * contents.count)
    document.open("ListBucketResult", namespace: true)
    document.element("Name", name)
    document.element("Prefix", prefix, urlEncoded: isEncoded)
    if let after = request.query["start-after"] { document.element("StartAfter", after, urlEncoded: isEncoded) }
    if let token = request.query["continuation-token"] { document.element("ContinuationToken", token) }
    document.element("KeyCount", String(contents.count + prefixes.count))
    document.element("MaxKeys", String(limit))
    if let delimiter { document.element("Delimiter", delimiter, urlEncoded: isEncoded) }
    if isEncoded { document.element("EncodingType", "url") }
    document.element("IsTruncated", isTruncated ? "true" : "false")
    if isTruncated { document.element("NextContinuationToken", last) }
    for key in contents {
      guard let object = objects[key] else { continue }
      document.open("Contents")
      document.element("Key", key.string, urlEncoded: isEncoded)
      document.element("LastModified", MemoryDate.xmlText(object.lastModified))
      document.element("ETag", "\"\(object.etag)\"")
      document.element("Size", String(object.body.count))
      document.element("StorageClass", "STANDARD")
      document.close("Contents")
    }
    for group in prefixes {
      document.open("CommonPrefixes")
      document.element("Prefix", group, urlEncoded: isEncoded)
      document.close("CommonPrefixes")
    }
    document.close("ListBucketResult")
    return MemoryAnswer(document)
  }

  /// The index of the first key of the page.
  private func start(_ request: MemoryRequest, prefix: String) throws(MemoryFailure) -> Int {
    let first = index(of: MemoryKey(prefix))
    if let token = request.query["continuation-token"] {
      guard let kind = token.utf8.first, let text = MemoryHex.string(token.utf8.dropFirst()) else {
        throw .invalidArgument("The continuation token provided is incorrect")
      }
      return max(first, kind == UInt8(ascii: "p") ? end(of: text) : end(ofKey: text))
    }
    if let after = request.query["start-after"] { return max(first, end(ofKey: after)) }
    return first
  }

  /// The index behind a key, whether or not it is there.
  private func end(ofKey text: String) -> Int {
    let key = MemoryKey(text)
    let index = index(of: key)
    return index < keys.count && keys[index] == key ? index + 1 : index
  }

  /// The index behind all keys with a prefix.
  private func end(of prefix: String) -> Int {
    var low = index(of: MemoryKey(prefix))
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle].hasPrefix(prefix) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The common prefix that a key counts to.
  private static func group(_ key: MemoryKey, prefix: String, delimiter: String) -> String? {
    let text = key.string.utf8
    let pattern = delimiter.utf8
    guard let first = pattern.first else { return nil }
    var rest = text.dropFirst(prefix.utf8.count)
    while let found = rest.firstIndex(of: first) {
      rest = rest[found...]
      if rest.starts(with: pattern) {
        return String(Substring(text[..<rest.index(found, offsetBy: pattern.count)]))
      }
      rest = rest.dropFirst()
    }
    return nil
  }

  /// `max-keys` and its like: 0 to 1,000 (S3 cuts what is more).
  static func limit(_ request: MemoryRequest, _ name: String) throws(MemoryFailure) -> Int {
    guard let text = request.query[name] else { return 1_000 }
    guard let value = MemoryDecimal.parse(text.utf8) else {
      throw .invalidArgument("Argument \(name) must be an integer between 0 and 2147483647")
    }
    return min(value, 1_000)
  }
}
