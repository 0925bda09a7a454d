// SPDX-License-Identifier: Apache-2.0

extension MemoryBucket {
  /// ListParts.
  func listParts(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    let upload = try upload(of: request)
    let limit = try MemoryBucket.limit(request, "max-parts")
    let marker = request.query["part-number-marker"].map { MemoryDecimal.parse($0.utf8) } ?? 0
    guard let marker else { throw .invalidArgument("part-number-marker must be an integer") }
    let rest = upload.parts.keys.filter { $0 > marker }.sorted()
    let page = rest.prefix(limit)

    var document = MemoryXMLWriter()
    document.open("ListPartsResult", namespace: true)
    document.element("Bucket", name)
    document.element("Key", upload.key.string)
    document.element("UploadId", upload.id)
    document.element("PartNumberMarker", String(marker))
    document.element("NextPartNumberMarker", String(page.last ?? 0))
    document.element("MaxParts", String(limit))
    document.element("IsTruncated", page.count < rest.count && limit > 0 ? "true" : "false")
    if upload.checksums != .none {
      document.element("ChecksumAlgorithm", "CRC32")
      document.element("ChecksumType", upload.checksums.rawValue)
    }
    for number in page {
      guard let part = upload.parts[number] else { continue }
      document.open("Part")
      document.element("PartNumber", String(number))
      document.element("LastModified", MemoryDate.xmlText(part.lastModified))
      document.element("ETag", "\"\(part.etag)\"")
      document.element("Size", String(part.body.count))
      if let crc32 = part.crc32 { document.element("ChecksumCRC32", MemoryCRC32.encode(crc32)) }
      document.close("Part")
    }
    document.close("ListPartsResult")
    return MemoryAnswer(document)
  }

  /// ListMultipartUploads: by key, and those of one key in the order they began.
  func listUploads(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    guard request.query["delimiter"] == nil else { throw .notImplemented("ListMultipartUploads with a delimiter") }
    let prefix = request.query["prefix"] ?? ""
    let limit = try MemoryBucket.limit(request, "max-uploads")
    let isEncoded = request.query["encoding-type"] == "url"
    let rest = uploads.values.filter { $0.key.hasPrefix(prefix) && MemoryBucket.follows($0, request) }
      .sorted { $0.key == $1.key ? $0.id < $1.id : $0.key < $1.key }
    let page = rest.prefix(limit)

    var document = MemoryXMLWriter()
    document.open("ListMultipartUploadsResult", namespace: true)
    document.element("Bucket", name)
    document.element("KeyMarker", request.query["key-marker"] ?? "", urlEncoded: isEncoded)
    document.element("UploadIdMarker", request.query["upload-id-marker"] ?? "")
    let isTruncated = page.count < rest.count && limit > 0
    if isTruncated, let last = page.last {
      document.element("NextKeyMarker", last.key.string, urlEncoded: isEncoded)
      document.element("NextUploadIdMarker", last.id)
    }
    document.element("MaxUploads", String(limit))
    if isEncoded { document.element("EncodingType", "url") }
    document.element("IsTruncated", isTruncated ? "true" : "false")
    for upload in page {
      document.open("Upload")
      document.element("Key", upload.key.string, urlEncoded: isEncoded)
      document.element("UploadId", upload.id)
      document.element("Initiated", MemoryDate.xmlText(upload.initiated))
      document.close("Upload")
    }
    document.close("ListMultipartUploadsResult")
    return MemoryAnswer(document)
  }

  /// Whether an upload comes behind the markers of the request.
  private static func follows(_ upload: MemoryUpload, _ request: MemoryRequest) -> Bool {
    guard let marker = request.query["key-marker"].map({ MemoryKey($0) }), !marker.string.isEmpty else { return true }
    if upload.key != marker { return marker < upload.key }
    guard let id = request.query["upload-id-marker"], !id.isEmpty else { return false }
    return id < upload.id
  }
}
