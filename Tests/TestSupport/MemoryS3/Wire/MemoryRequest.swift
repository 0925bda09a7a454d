// SPDX-License-Identifier: Apache-2.0
//
// A request as the store understands it: which operation, on what, with which headers.
//
// For: MemoryBucket, which then needs no HTTP. Pure. What can go wrong is kept in `failure`, so that the bucket answers it
// like every other refusal. Stricter than S3 in one thing: a header or a query that it does not know is refused with 501, so
// that nothing the client begins to send is quietly without effect here.

package import HTTPTransport

package struct MemoryRequest: Sendable {
  package private(set) var operation = MemoryOperation.unknown
  let method: HTTPMethod
  private(set) var bucket = ""
  /// Empty for a request to the bucket.
  package private(set) var key: MemoryKey = ""
  private(set) var query: [String: String] = [:]
  let body: [UInt8]
  private(set) var failure: MemoryFailure?

  private(set) var properties = MemoryProperties()
  /// What a GET wants instead of the properties that are stored: `response-content-type` and its like.
  private(set) var responseHeaders: [String: String] = [:]
  private(set) var range: String?
  private(set) var ifMatch: String?
  private(set) var ifNoneMatch: String?
  private(set) var copySource: (bucket: String, key: MemoryKey)?
  private(set) var copySourceRange: String?
  private(set) var copySourceIfMatch: String?
  private(set) var copySourceIfNoneMatch: String?
  private(set) var metadataDirective: String?
  private(set) var checksumCRC32: String?
  private(set) var checksumAlgorithm: String?
  private(set) var checksumType: String?
  private(set) var wantsChecksum = false
  private(set) var hasBodyDigest = false
  private(set) var isSigned = false
  private(set) var expectedOwner: String?
  private(set) var expectedSourceOwner: String?

  private var isCopy = false

  /// - Parameters:
  ///   - body: what the request's body holds.
  ///   - bucket: the name that may stand before that of the host.
  package init(_ request: HTTPRequest, body: [UInt8], bucket: String) {
    method = request.method
    self.body = body
    guard let url = MemoryURL(request.url, bucket: bucket) else {
      failure = MemoryFailure(400, "InvalidURI", "Couldn't parse the specified URI.")
      return
    }
    self.bucket = url.bucket
    key = MemoryKey(url.key)
    query = url.query
    for field in request.headers.fields { read(MemoryRequest.lowercased(field.name), field.value) }
    let isUnderstood = readQuery()
    operation = isUnderstood ? resolve() : .unknown
  }

  private mutating func read(_ name: String, _ value: String) {
    switch name {
    case "range": range = value
    case "if-match": ifMatch = value
    case "if-none-match": ifNoneMatch = value
    case "authorization": isSigned = true
    case "content-md5", "x-amz-checksum-sha256": hasBodyDigest = true
    case "x-amz-copy-source":
      copySource = MemoryURL.copySource(value)
      isCopy = true
    case "x-amz-copy-source-range": copySourceRange = value
    case "x-amz-copy-source-if-match": copySourceIfMatch = value
    case "x-amz-copy-source-if-none-match": copySourceIfNoneMatch = value
    case "x-amz-metadata-directive": metadataDirective = value
    case "x-amz-checksum-crc32":
      checksumCRC32 = value
      hasBodyDigest = true
    case "x-amz-checksum-algorithm", "x-amz-sdk-checksum-algorithm": checksumAlgorithm = value
    case "x-amz-checksum-type": checksumType = value
    case "x-amz-checksum-mode": wantsChecksum = value == "ENABLED"
    case "x-amz-expected-bucket-owner": expectedOwner = value
    case "x-amz-source-expected-bucket-owner": expectedSourceOwner = value
    case "x-amz-content-sha256", "x-amz-date", "x-amz-security-token", "x-amz-user-agent": break
    case "if-modified-since", "if-unmodified-since": failure = .notImplemented("The header \(name)")
    default: readProperty(name, value)
    }
  }

  private mutating func readProperty(_ name: String, _ value: String) {
    let metadata = "x-amz-meta-"
    if name.hasPrefix(metadata) {
      let name = String(name.dropFirst(metadata.count))
      // Several fields of one name are one list (RFC 9110 §5.3).
      properties.metadata[name] = properties.metadata[name].map { "\($0),\(value)" } ?? value
    } else if MemoryProperties.names.contains(name) {
      properties.headers[name] = value
    } else if name.hasPrefix("x-amz-") {
      failure = .notImplemented("The header \(name)")
    }
  }

  /// False when there is a parameter that changes the operation into one that nobody here knows.
  private mutating func readQuery() -> Bool {
    var isKnown = true
    for (name, value) in query {
      switch name {
      case "uploads", "uploadId", "partNumber", "delete", "location", "list-type", "prefix", "delimiter", "max-keys",
        "continuation-token", "start-after", "encoding-type", "max-parts", "part-number-marker", "max-uploads",
        "key-marker", "upload-id-marker", "x-id":
        break
      case "X-Amz-Signature": isSigned = true
      case "x-amz-expected-bucket-owner": expectedOwner = value
      default:
        let response = "response-"
        if name.hasPrefix(response) {
          responseHeaders[String(name.dropFirst(response.count))] = value
        } else if !name.hasPrefix("X-Amz-") {
          isKnown = false
        }
      }
    }
    return isKnown
  }

  private func resolve() -> MemoryOperation {
    let hasUpload = query["uploadId"] != nil
    let hasPart = query["partNumber"] != nil
    if key.string.isEmpty {
      switch method {
      case .head: return .headBucket
      case .get:
        if query["location"] != nil { return .getBucketLocation }
        if query["uploads"] != nil { return .listMultipartUploads }
        return query["list-type"] == "2" ? .listObjects : .unknown
      case .post: return query["delete"] != nil ? .deleteObjects : .unknown
      case .put, .delete: return .unknown
      }
    }
    switch method {
    case .head: return hasPart ? .unknown : .headObject
    case .get: return hasPart ? .unknown : hasUpload ? .listParts : .getObject
    case .put:
      guard hasUpload == hasPart else { return .unknown }
      if hasUpload { return isCopy ? .uploadPartCopy : .uploadPart }
      return isCopy ? .copyObject : .putObject
    case .post:
      if query["uploads"] != nil { return .createMultipartUpload }
      return hasUpload ? .completeMultipartUpload : .unknown
    case .delete: return hasUpload ? .abortMultipartUpload : .deleteObject
    }
  }

  /// Names are lowercase already, mostly.
  private static func lowercased(_ name: String) -> String {
    name.utf8.contains { $0 >= 0x41 && $0 <= 0x5A } ? name.lowercased() : name
  }
}
