// SPDX-License-Identifier: Apache-2.0
//
// Reads and checks a ListBucketResult (S3 API Reference, ListObjectsV2). Pure. A page that contradicts itself or the
// question is refused whole: a directory must not silently miss files, show those of another, or be listed without end.

extension ObjectListing {
  /// What was asked for.
  package struct Question: Sendable {
    package var prefix: String
    package var delimiter: String?
    package var continuationToken: String?

    package init(prefix: String, delimiter: String? = nil, continuationToken: String? = nil) {
      self.prefix = prefix
      self.delimiter = delimiter
      self.continuationToken = continuationToken
    }
  }

  /// Reads a page.
  ///
  /// - Throws: `AnswerFailure` when it contradicts itself or the question.
  package init(_ body: [UInt8], answering question: Question) throws(AnswerFailure) {
    self = try AnswerFailure.decode(body, root: "ListBucketResult") { (parser) throws(XMLError) in
      var page = ListingPage()
      try page.read(&parser)
      return try page.decoded()
    }
    try check(question)
  }

  private mutating func check(_ question: Question) throws(AnswerFailure) {
    for object in objects where !object.key.string.utf8.starts(with: question.prefix.utf8) {
      throw .invalid("the listing holds a key outside of the prefix asked for")
    }
    for prefix in commonPrefixes {
      guard let delimiter = question.delimiter, prefix.utf8.count > question.prefix.utf8.count,
        prefix.utf8.starts(with: question.prefix.utf8),
        prefix.utf8.suffix(delimiter.utf8.count).elementsEqual(delimiter.utf8)
      else { throw .invalid("the listing holds a common prefix that was not asked for") }
    }
    if let token = nextContinuationToken, token.isEmpty || token == question.continuationToken {
      throw .invalid(token.isEmpty ? "the continuation token is missing" : "the continuation token is repeated")
    }
  }
}

/// A page while it is read. EncodingType may stand behind the keys that it is about (SeaweedFS sends it so): they are
/// decoded at the end.
private struct ListingPage {
  private var listing = ObjectListing()
  /// Of the objects, in their order.
  private var keys: [XMLText] = []
  private var prefixes: [XMLText] = []
  private var isTruncated = false
  private var keyCount: Int64?
  private var isURLEncoded = false

  mutating func read(_ parser: inout XMLPullParser) throws(XMLError) {
    listing.objects.reserveCapacity(1_000)
    keys.reserveCapacity(1_000)
    while let name = try parser.nextChild() {
      switch name {
      case "Contents": try readObject(&parser)
      case "CommonPrefixes":
        while let name = try parser.nextChild() {
          if name == "Prefix" { prefixes.append(try parser.text()) } else { try parser.skip() }
        }
      case "IsTruncated": isTruncated = try parser.text().bool()
      case "KeyCount": keyCount = try parser.text().count()
      case "EncodingType": isURLEncoded = try parser.text().string() == "url"
      case "NextContinuationToken": listing.nextContinuationToken = try parser.text().string()
      default: try parser.skip()
      }
    }
  }

  private mutating func readObject(_ parser: inout XMLPullParser) throws(XMLError) {
    var key: XMLText?
    var size: Int64?
    var object = ListedObject(key: ObjectKey(""), size: 0, etag: ETag(""), lastModified: 0)
    while let name = try parser.nextChild() {
      switch name {
      case "Key": key = try parser.text()
      case "LastModified": object.lastModified = try parser.text().time()
      case "ETag": object.etag = try parser.text().etag()
      case "Size": size = try parser.text().count()
      case "StorageClass": object.storageClass = try parser.text().string()
      default: try parser.skip()
      }
    }
    guard let key, let size else { throw XMLError(.missingElement, at: parser.position) }
    object.size = size
    keys.append(key)
    listing.objects.append(object)
  }

  /// The page with its keys decoded, if it agrees with itself.
  consuming func decoded() throws(XMLError) -> ObjectListing {
    let entries = Int64(keys.count + prefixes.count)
    // Some stores count the objects only, so more entries than said are fine; fewer were lost.
    if let keyCount, keyCount > entries { throw XMLError(.missingElement, at: 0) }
    if !isTruncated {
      listing.nextContinuationToken = nil
    } else if listing.nextContinuationToken == nil {
      listing.nextContinuationToken = ""
    }
    var hasUndecodable = false
    for index in keys.indices {
      if let key = try decode(keys[index]) {
        listing.objects[index].key = ObjectKey(key)
      } else {
        listing.objects[index].size = -1
        hasUndecodable = true
      }
    }
    if hasUndecodable {
      let count = listing.objects.count
      listing.objects.removeAll { $0.size < 0 }
      listing.undecodableKeys = count - listing.objects.count
    }
    listing.commonPrefixes.reserveCapacity(prefixes.count)
    for prefix in prefixes {
      if let prefix = try decode(prefix) {
        listing.commonPrefixes.append(prefix)
      } else {
        listing.undecodableKeys += 1
      }
    }
    return listing
  }

  /// nil when the key is not UTF-8.
  private func decode(_ text: XMLText) throws(XMLError) -> String? {
    isURLEncoded ? try text.formDecodedString() : try text.string()
  }
}
