// SPDX-License-Identifier: Apache-2.0
//
// A bucket of S3 as a value: a request goes in, the bucket changes, an answer comes out.
//
// For: model-based tests, which need thousands of requests a millisecond and the same answers every time. It says what the
// S3 API Reference says, not what a server happens to do; `Tests/S3ClientTests/MemoryS3` compares it with real ones.
// State: objects and uploads, and a clock that counts requests: no time, no chance, nothing outside. A copy is a snapshot.
// Strongly consistent, one version of a key, one bucket. Nobody's thread: whoever has the value.
// Not checked: signatures (but there must be one), Content-MD5, x-amz-content-sha256. Entity tags are those of SSE-KMS: of no
// meaning, and another for every write, so a test sees when a stale one is used.

import HTTPTransport

package struct MemoryBucket: Sendable {
  package let name: String
  package let region: String
  package var capabilities: MemoryCapabilities
  /// Milliseconds since 1970 by the clock of the store; each request takes one.
  package var time: Int64
  /// All there are.
  package private(set) var objects: [MemoryKey: MemoryObject] = [:]
  /// All keys, in the order of their bytes.
  package private(set) var keys: [MemoryKey] = []
  package var uploads: [String: MemoryUpload] = [:]
  var completions: [String: MemoryCompletion] = [:]
  private var writes: UInt64 = 0
  private var requests: UInt64 = 0

  /// - Parameter time: seconds since 1970; the default is Thu, 01 Jan 2026 00:00:00 GMT.
  package init(
    name: String, region: String = "us-east-1", capabilities: MemoryCapabilities = MemoryCapabilities(),
    time: Int64 = 1_767_225_600
  ) {
    self.name = name
    self.region = region
    self.capabilities = capabilities
    self.time = time * 1_000
  }

  /// Seconds since 1970.
  package var now: Int64 { time / 1_000 }

  /// Does what is asked. The answer is complete, error document and all.
  package mutating func answer(_ request: MemoryRequest) -> MemoryAnswer {
    time += 1
    requests += 1
    let id = MemoryHex.text(requests | 0xA11_0000_0000_0000)
    var answer: MemoryAnswer
    do {
      answer = try perform(request)
    } catch {
      answer = MemoryAnswer(error.status)
      if error.status != 304, request.method != .head { answer.body = .document(error.document(request, id: id)) }
      answer.headers.append("Content-Type", "application/xml")
    }
    answer.headers.append("x-amz-request-id", id)
    answer.headers.append("Date", MemoryDate.httpText(now))
    if answer.status != 204, answer.status != 304 {
      answer.headers.append("Content-Length", String(answer.body.count))
    }
    return answer
  }

  private mutating func perform(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    if let failure = request.failure { throw failure }
    guard request.isSigned else { throw .accessDenied }
    guard request.bucket == name else { throw .noSuchBucket }
    for expected in [request.expectedOwner, request.expectedSourceOwner] {
      if let expected, let owner = capabilities.owner, expected != owner { throw .accessDenied }
    }
    switch request.operation {
    case .headBucket:
      var answer = MemoryAnswer()
      answer.headers.append("x-amz-bucket-region", region)
      return answer
    case .getBucketLocation: return location()
    case .headObject, .getObject: return try read(request)
    case .putObject: return try put(request)
    case .deleteObject: return try delete(request)
    case .deleteObjects: return try deleteMany(request)
    case .copyObject: return try copy(request)
    case .listObjects: return try list(request)
    case .createMultipartUpload: return try createUpload(request)
    case .uploadPart: return try uploadPart(request)
    case .uploadPartCopy: return try copyPart(request)
    case .completeMultipartUpload: return try complete(request)
    case .abortMultipartUpload: return try abort(request)
    case .listParts: return try listParts(request)
    case .listMultipartUploads: return try listUploads(request)
    case .unknown: throw .notImplemented("\(request.method.rawValue) with this query")
    }
  }

  private func location() -> MemoryAnswer {
    var document = MemoryXMLWriter()
    // The first region is an empty element (S3 API Reference, GetBucketLocation).
    document.element("LocationConstraint", region == "us-east-1" ? "" : region, namespace: true)
    return MemoryAnswer(document)
  }
}

extension MemoryBucket {
  /// The index of the first key that is not less than this one.
  func index(of key: MemoryKey) -> Int {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Puts an object there, or takes it away.
  package mutating func set(_ key: MemoryKey, to object: MemoryObject?) {
    guard let object else {
      if objects.removeValue(forKey: key) != nil { keys.remove(at: index(of: key)) }
      return
    }
    // Files are often made in order.
    if objects.updateValue(object, forKey: key) == nil {
      keys.insert(key, at: keys.last.map { $0 < key } ?? true ? keys.count : index(of: key))
    }
  }

  /// Another entity tag than any before: 32 digits, as those of S3.
  mutating func nextETag() -> String {
    writes += 1
    var random = SplitMix(state: writes)
    return MemoryHex.text(random.next()) + MemoryHex.text(writes)
  }

  /// A name for an upload that sorts behind those before.
  mutating func nextUploadID() -> String {
    writes += 1
    return "upload-" + MemoryHex.text(writes)
  }
}
