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

  /// What is only needed to check the page.
  private struct Frame {
    var isTruncated = false
    var keyCount: Int64?
    var isURLEncoded = false
  }

  init(_ body: [UInt8], answering question: Question) throws(AnswerFailure) {
    self.init()
    var listing = ObjectListing()
    var frame = Frame()
    // EncodingType may stand behind the entries (SeaweedFS sends it so): then they are read again.
    for _ in 0..<2 {
      let wasURLEncoded = frame.isURLEncoded
      listing = ObjectListing()
      try AnswerFailure.decode(body, root: "ListBucketResult") { (parser) throws(XMLError) in
        try listing.read(&parser, &frame)
      }
      if frame.isURLEncoded == wasURLEncoded { break }
    }
    try listing.check(frame, question)
    self = listing
  }

  private mutating func read(_ parser: inout XMLPullParser, _ frame: inout Frame) throws(XMLError) {
    objects.reserveCapacity(1_000)
    while let name = try parser.nextChild() {
      switch name {
      case "Contents": try readObject(&parser, frame)
      case "CommonPrefixes": try readPrefixes(&parser, frame)
      case "IsTruncated": frame.isTruncated = try parser.text().bool()
      case "KeyCount": frame.keyCount = try parser.text().count()
      case "EncodingType": frame.isURLEncoded = try parser.text().string() == "url"
      case "NextContinuationToken": nextContinuationToken = try parser.text().string()
      default: try parser.skip()
      }
    }
  }

  private mutating func readObject(_ parser: inout XMLPullParser, _ frame: Frame) throws(XMLError) {
    var key: String?
    var hasKey = false
    var size: Int64?
    var object = ListedObject(key: ObjectKey(""), size: 0, etag: ETag(""), lastModified: 0)
    while let name = try parser.nextChild() {
      switch name {
      case "Key":
        key = try ObjectListing.readKey(&parser, frame)
        hasKey = true
      case "LastModified": object.lastModified = try parser.text().time()
      case "ETag": object.etag = try parser.text().etag()
      case "Size": size = try parser.text().count()
      case "StorageClass": object.storageClass = try parser.text().string()
      default: try parser.skip()
      }
    }
    guard hasKey, let size else { throw XMLError(.missingElement, at: parser.position) }
    guard let key else {
      undecodableKeys += 1
      return
    }
    object.key = ObjectKey(key)
    object.size = size
    objects.append(object)
  }

  private mutating func readPrefixes(_ parser: inout XMLPullParser, _ frame: Frame) throws(XMLError) {
    while let name = try parser.nextChild() {
      guard name == "Prefix" else {
        try parser.skip()
        continue
      }
      if let prefix = try ObjectListing.readKey(&parser, frame) {
        commonPrefixes.append(prefix)
      } else {
        undecodableKeys += 1
      }
    }
  }

  private static func readKey(_ parser: inout XMLPullParser, _ frame: Frame) throws(XMLError) -> String? {
    let text = try parser.text()
    return frame.isURLEncoded ? try text.formDecodedString() : try text.string()
  }

  private mutating func check(_ frame: Frame, _ question: Question) throws(AnswerFailure) {
    for object in objects where !object.key.string.utf8.starts(with: question.prefix.utf8) {
      throw .invalid("the listing holds a key outside of the prefix asked for")
    }
    for prefix in commonPrefixes {
      guard let delimiter = question.delimiter, prefix.utf8.count > question.prefix.utf8.count,
        prefix.utf8.starts(with: question.prefix.utf8),
        prefix.utf8.suffix(delimiter.utf8.count).elementsEqual(delimiter.utf8)
      else { throw .invalid("the listing holds a common prefix that was not asked for") }
    }
    // Some stores count the objects only, so more entries than said are fine; fewer were lost.
    let entries = Int64(objects.count + commonPrefixes.count + undecodableKeys)
    if let keyCount = frame.keyCount, keyCount > entries {
      throw .invalid("the listing says \(keyCount) keys and holds \(entries)")
    }
    guard frame.isTruncated else {
      nextContinuationToken = nil
      return
    }
    guard let token = nextContinuationToken, !token.isEmpty else {
      throw .invalid("the listing is truncated and has no continuation token")
    }
    guard token != question.continuationToken else {
      throw .invalid("the listing repeats its continuation token")
    }
  }
}
