// SPDX-License-Identifier: Apache-2.0

extension MemoryBucket {
  /// CompleteMultipartUpload. Nothing changes when it is refused.
  mutating func complete(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    if capabilities.repeatsCompletions, let id = request.query["uploadId"], let done = completions[id],
      done.key == request.key, done.request == request.body
    {
      return done.answer
    }
    let upload = try upload(of: request)
    guard let list = MemoryCompletionList(request.body), !list.parts.isEmpty else { throw .malformedXML }
    let parts = try chosen(list.parts, of: upload)
    try checkWrite(request, upload.key)

    var body: [UInt8] = []
    body.reserveCapacity(parts.reduce(0) { $0 + $1.body.count })
    for part in parts { body.append(contentsOf: part.body) }
    let checksum = try checksum(of: body, parts, upload, request)
    let object = MemoryObject(
      body: body, properties: upload.properties, etag: "\(nextETag())-\(parts.count)", lastModified: now,
      checksum: checksum)
    set(upload.key, to: object)
    uploads[upload.id] = nil

    var document = MemoryXMLWriter()
    document.open("CompleteMultipartUploadResult", namespace: true)
    document.element("Location", "http://\(name).s3.\(region).amazonaws.com/")
    document.element("Bucket", name)
    document.element("Key", upload.key.string)
    document.element("ETag", "\"\(object.etag)\"")
    if let checksum {
      document.element("ChecksumCRC32", checksum.text)
      document.element("ChecksumType", checksum.type)
    }
    document.close("CompleteMultipartUploadResult")
    let answer = MemoryAnswer(document)
    if capabilities.repeatsCompletions {
      completions[upload.id] = MemoryCompletion(key: upload.key, request: request.body, answer: answer)
    }
    return answer
  }

  /// The parts that the request names, if they are there and in order, and large enough.
  private func chosen(
    _ list: [MemoryCompletionList.Part], of upload: MemoryUpload
  ) throws(MemoryFailure) -> [MemoryPart] {
    var parts: [MemoryPart] = []
    var previous = 0
    for item in list {
      guard item.number > previous else { throw .invalidPartOrder }
      previous = item.number
      guard let part = upload.parts[item.number], MemoryBucket.matches(item.etag, part.etag), item.etag != "*" else {
        throw .invalidPart
      }
      if let text = item.crc32 {
        guard let crc32 = part.crc32, MemoryCRC32.decode(text) == crc32 else { throw .invalidPart }
      } else if upload.checksums == .composite {
        throw .invalidRequest(
          "The upload was created using a crc32 checksum. The complete request must include the checksum for each part. "
            + "It was missing for part \(item.number) in the request.")
      }
      parts.append(part)
    }
    guard parts.dropLast().allSatisfy({ $0.body.count >= capabilities.minimumPartSize }) else { throw .entityTooSmall }
    return parts
  }

  private func checksum(
    of body: [UInt8], _ parts: [MemoryPart], _ upload: MemoryUpload, _ request: MemoryRequest
  ) throws(MemoryFailure) -> MemoryChecksum? {
    if let type = request.checksumType, type != upload.checksums.rawValue {
      throw .invalidRequest("The upload was created using the \(upload.checksums.rawValue) checksum mode.")
    }
    let checksum: MemoryChecksum
    switch upload.checksums {
    case .none: return nil
    case .composite:
      let bytes = parts.flatMap { MemoryCRC32.bytes(of: $0.crc32 ?? 0) }
      checksum = .composite(MemoryCRC32.of(bytes), parts: parts.count)
    case .fullObject:
      checksum = .fullObject(MemoryCRC32.of(body))
      if capabilities.fullObjectChecksums == .miscounted, request.checksumCRC32 != nil { throw .badDigest }
    }
    if let text = request.checksumCRC32, text != checksum.text { throw .badDigest }
    return checksum
  }
}
