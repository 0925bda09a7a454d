// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

extension MemoryBucket {
  /// GetObject and HeadObject.
  func read(_ request: MemoryRequest) throws(MemoryFailure) -> MemoryAnswer {
    let key = try MemoryBucket.key(request)
    guard let object = objects[key] else { throw .noSuchKey }
    if let tag = request.ifMatch, !MemoryBucket.matches(tag, object.etag) { throw .preconditionFailed }
    if let tag = request.ifNoneMatch, MemoryBucket.matches(tag, object.etag) { throw .notModified }
    var part: Range<Int>?
    if let text = request.range { part = try MemoryByteRange.resolve(text, size: object.body.count) }

    var answer = MemoryAnswer(part == nil ? 200 : 206)
    answer.headers.append("Last-Modified", MemoryDate.httpText(object.lastModified))
    answer.headers.append("ETag", "\"\(object.etag)\"")
    answer.headers.append("Accept-Ranges", "bytes")
    if object.properties.headers["content-type"] == nil, request.responseHeaders["content-type"] == nil {
      answer.headers.append("Content-Type", "binary/octet-stream")
    }
    for name in MemoryProperties.names {
      if let value = request.responseHeaders[name] ?? object.properties.headers[name] {
        answer.headers.append(name, value)
      }
    }
    for (name, value) in object.properties.metadata { answer.headers.append("x-amz-meta-" + name, value) }
    // The checksum is that of the whole object.
    if request.wantsChecksum, part == nil { MemoryBucket.append(object.checksum, to: &answer.headers) }
    if let part {
      answer.headers.append("Content-Range", "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(object.body.count)")
    }
    let bytes = part ?? 0..<object.body.count
    answer.body = request.operation == .headObject ? .length(bytes.count) : .object(object.body, bytes)
    return answer
  }
}

/// The `Range` header of a read (RFC 9110 §14.2): one range of bytes, as S3 takes it.
enum MemoryByteRange {
  /// - Returns: nil for what is no such range: it is not regarded then, and all bytes are sent.
  static func resolve(_ text: String, size: Int) throws(MemoryFailure) -> Range<Int>? {
    guard let (first, last) = bounds(text) else { return nil }
    guard let first else {
      guard let last else { return nil }
      guard last > 0, size > 0 else { throw .invalidRange }
      return max(0, size - last)..<size
    }
    if let last, last < first { return nil }
    guard first < size else { throw .invalidRange }
    return first..<min(size, last.map { $0 == .max ? $0 : $0 + 1 } ?? size)
  }

  /// Of `bytes=0-9`, `bytes=5-` and `bytes=-3`; nil for anything else.
  static func bounds(_ text: String) -> (first: Int?, last: Int?)? {
    let unit = "bytes="
    guard text.utf8.starts(with: unit.utf8) else { return nil }
    let rest = text.utf8.dropFirst(unit.utf8.count)
    guard let dash = rest.firstIndex(of: UInt8(ascii: "-")) else { return nil }
    let (head, tail) = (rest[..<dash], rest[rest.index(after: dash)...])
    let (first, last) = (MemoryDecimal.parse(head), MemoryDecimal.parse(tail))
    guard head.isEmpty || first != nil, tail.isEmpty || last != nil, !(head.isEmpty && tail.isEmpty) else { return nil }
    return (first, last)
  }
}
