// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

extension MemoryBucket {
  /// PutObject.
  mutating func put(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    let key = try MemoryBucket.key(request)
    let crc32 = try MemoryBucket.checked(request)
    try checkWrite(request, key)
    let object = MemoryObject(
      body: request.body, properties: try MemoryBucket.properties(request), etag: nextETag(), lastModified: now,
      checksum: crc32.map { .fullObject($0) })
    set(key, to: object)
    var answer = MemoryAnswer()
    answer.headers.append("ETag", "\"\(object.etag)\"")
    MemoryBucket.append(object.checksum, to: &answer.headers)
    return answer
  }

  /// DeleteObject.
  mutating func delete(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    let key = try MemoryBucket.key(request)
    if let tag = request.ifMatch { try checkDelete(tag, key) }
    set(key, to: nil)
    return MemoryAnswer(204)
  }

  /// CopyObject.
  mutating func copy(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    let key = try MemoryBucket.key(request)
    var object = try source(of: request)
    switch request.metadataDirective {
    case nil, "COPY":
      guard request.copySource?.key != key else {
        throw .invalidRequest(
          "This copy request is illegal because it is trying to copy an object to itself without changing the object's "
            + "metadata, storage class, website redirect location or encryption attributes.")
      }
    case "REPLACE": object.properties = try MemoryBucket.properties(request)
    default: throw .invalidArgument("Unknown metadata directive.")
    }
    try checkWrite(request, key)
    object.etag = nextETag()
    object.lastModified = now
    // The copy is one piece: "S3 calculates a new checksum of the whole object".
    if case .composite = object.checksum { object.checksum = .fullObject(MemoryCRC32.of(object.body)) }
    set(key, to: object)
    return MemoryAnswer(result("CopyObjectResult", object))
  }

  /// CopyObjectResult.
  private func result(_ name: String, _ object: MemoryObject) -> MemoryXMLWriter {
    var document = MemoryXMLWriter()
    document.open(name, namespace: true)
    document.element("LastModified", MemoryDate.xmlText(object.lastModified))
    document.element("ETag", "\"\(object.etag)\"")
    if let checksum = object.checksum {
      document.element("ChecksumCRC32", checksum.text)
      document.element("ChecksumType", checksum.type)
    }
    document.close(name)
    return document
  }

  /// DeleteObjects.
  mutating func deleteMany(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    guard request.hasBodyDigest else {
      throw .invalidRequest("Missing required header for this request: Content-MD5 OR x-amz-checksum-*")
    }
    guard let list = MemoryDeletion(request.body) else { throw .malformedXML }
    var document = MemoryXMLWriter()
    document.open("DeleteResult", namespace: true)
    for item in list.items {
      do throws(MemoryFailure) {
        guard item.key.string.utf8.count <= MemoryKey.maximumLength else { throw .keyTooLong }
        if let tag = item.etag { try checkDelete(tag, item.key) }
        set(item.key, to: nil)
        if list.isQuiet { continue }
        document.open("Deleted")
        document.element("Key", item.key.string)
        document.close("Deleted")
      } catch {
        document.open("Error")
        document.element("Key", item.key.string)
        document.element("Code", error.code)
        document.element("Message", error.message)
        document.close("Error")
      }
    }
    document.close("DeleteResult")
    return MemoryAnswer(document)
  }
}

extension MemoryBucket {
  static func key(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryKey {
    guard request.key.string.utf8.count <= MemoryKey.maximumLength else { throw .keyTooLong }
    return request.key
  }

  static func properties(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryProperties {
    guard request.properties.metadataSize <= MemoryProperties.metadataLimit else { throw .metadataTooLarge }
    return request.properties
  }

  /// The CRC-32 that came with the body; throws when it is not that of the body.
  static func checked(_ request: MemoryRequest) throws(MemoryFailure) -> UInt32? {
    guard let text = request.checksumCRC32 else { return nil }
    guard let crc32 = MemoryCRC32.decode(text) else {
      throw .invalidRequest("Value for x-amz-checksum-crc32 header is invalid.")
    }
    guard crc32 == MemoryCRC32.of(request.body) else { throw .badDigest }
    return crc32
  }

  static func append(_ checksum: MemoryChecksum?, to headers: inout HTTPHeaders) {
    guard let checksum else { return }
    headers.append("x-amz-checksum-crc32", checksum.text)
    headers.append("x-amz-checksum-type", checksum.type)
  }
}
