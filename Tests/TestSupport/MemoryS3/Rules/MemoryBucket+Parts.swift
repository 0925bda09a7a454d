// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

extension MemoryBucket {
  /// CreateMultipartUpload.
  mutating func createUpload(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    let key = try MemoryBucket.key(request)
    let upload = MemoryUpload(
      id: nextUploadID(), key: key, properties: try MemoryBucket.properties(request),
      checksums: try checksums(of: request), initiated: now)
    uploads[upload.id] = upload
    var document = MemoryXMLWriter()
    document.open("InitiateMultipartUploadResult", namespace: true)
    document.element("Bucket", name)
    document.element("Key", key.string)
    document.element("UploadId", upload.id)
    document.close("InitiateMultipartUploadResult")
    var answer = MemoryAnswer(document)
    if upload.checksums != .none {
      answer.headers.append("x-amz-checksum-algorithm", "CRC32")
      answer.headers.append("x-amz-checksum-type", upload.checksums.rawValue)
    }
    return answer
  }

  private func checksums(of request: MemoryRequest) throws(MemoryFailure) -> MemoryUpload.Checksums {
    switch (request.checksumAlgorithm, request.checksumType) {
    case (nil, nil): return .none
    case (nil, _): throw .invalidRequest("The x-amz-checksum-type header can only be used with an algorithm.")
    // Of CRC-32, "COMPOSITE" is the default.
    case ("CRC32", nil), ("CRC32", "COMPOSITE"): return .composite
    case ("CRC32", "FULL_OBJECT"):
      guard capabilities.fullObjectChecksums != .refused else {
        throw .invalidRequest("The FULL_OBJECT checksum type is not supported")
      }
      return .fullObject
    case ("CRC32", _): throw .invalidRequest("Value for x-amz-checksum-type header is invalid.")
    default: throw .notImplemented("A checksum other than CRC32")
    }
  }

  /// UploadPart.
  mutating func uploadPart(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    let upload = try upload(of: request)
    let number = try MemoryBucket.partNumber(request)
    let crc32 = try MemoryBucket.checked(request)
    // All parts of an upload have the checksum it was created with, or none.
    guard (upload.checksums == .none) == (crc32 == nil) else {
      let (expected, actual) = crc32 == nil ? ("crc32", "null") : ("null", "crc32")
      throw .invalidRequest(
        "Checksum Type mismatch occurred, expected checksum Type: \(expected), actual checksum Type: \(actual)")
    }
    let part = MemoryPart(body: request.body, etag: nextETag(), crc32: crc32, lastModified: now)
    uploads[upload.id]?.parts[number] = part
    var answer = MemoryAnswer()
    answer.headers.append("ETag", "\"\(part.etag)\"")
    if let crc32 { answer.headers.append("x-amz-checksum-crc32", MemoryCRC32.encode(crc32)) }
    return answer
  }

  /// UploadPartCopy.
  mutating func copyPart(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    guard capabilities.uploadPartCopy else { throw .notImplemented("UploadPartCopy") }
    let upload = try upload(of: request)
    let number = try MemoryBucket.partNumber(request)
    let source = try source(of: request)
    var body = source.body
    if let text = request.copySourceRange {
      // "You can copy a range only if the source object is greater than 5 MB."
      guard body.count >= capabilities.minimumPartSize else {
        throw .invalidRequest("The specified copy source is not supported as a byte-range copy source")
      }
      guard let bounds = MemoryByteRange.bounds(text), let first = bounds.first, let last = bounds.last, first <= last
      else { throw .invalidArgument("The x-amz-copy-source-range value must be of the form bytes=first-last") }
      guard last < body.count else {
        throw .invalidArgument("Range specified is not valid for source object of size: \(body.count)")
      }
      body = Array(body[first...last])
    }
    let crc32 = upload.checksums == .none ? nil : MemoryCRC32.of(body)
    let part = MemoryPart(body: body, etag: nextETag(), crc32: crc32, lastModified: now)
    uploads[upload.id]?.parts[number] = part
    var document = MemoryXMLWriter()
    document.open("CopyPartResult", namespace: true)
    document.element("LastModified", MemoryDate.xmlText(part.lastModified))
    document.element("ETag", "\"\(part.etag)\"")
    if let crc32 { document.element("ChecksumCRC32", MemoryCRC32.encode(crc32)) }
    document.close("CopyPartResult")
    return MemoryAnswer(document)
  }

  /// AbortMultipartUpload.
  mutating func abort(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    uploads[try upload(of: request).id] = nil
    return MemoryAnswer(204)
  }

  func upload(of request: MemoryRequest) throws(MemoryFailure) -> MemoryUpload {
    let key = try MemoryBucket.key(request)
    guard let id = request.query["uploadId"], let upload = uploads[id], upload.key == key else { throw .noSuchUpload }
    return upload
  }

  private static func partNumber(_ request: MemoryRequest) throws(MemoryFailure) -> Int {
    guard let number = request.query["partNumber"].flatMap({ MemoryDecimal.parse($0.utf8) }),
      (1...10_000).contains(number)
    else { throw .invalidArgument("Part number must be an integer between 1 and 10000, inclusive") }
    return number
  }
}
