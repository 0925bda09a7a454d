// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// What a GET brought.
package struct ObjectBody: Sendable {
  package var head: ObjectHead
  /// The bytes, when they were collected; empty when they went to memory or a file.
  package var bytes: [UInt8]
  /// How many bytes came, wherever they went.
  package var length: Int64

  package init(head: ObjectHead, bytes: [UInt8], length: Int64) {
    self.head = head
    self.bytes = bytes
    self.length = length
  }
}

extension S3Client {
  /// Gets an object, or a range of it (S3 API Reference, GetObject).
  ///
  /// A retry begins again at the start of the destination; what is behind the returned length is of no meaning.
  /// - Parameters:
  ///   - range: in bytes, not empty. What lies beyond the end of the object is left out; the length tells.
  ///   - ifMatch: gets this version or fails.
  ///   - onBodyReceived: called with the body bytes that came so far, on the network thread; begins anew with each attempt.
  /// - Throws: `S3Error`: status 404 for no such object, 412 for another version, 416 for a range that begins at or behind
  ///   the end; "InvalidResponse" when other bytes came than were asked for.
  package func getObject(
    _ key: ObjectKey, range: Range<Int64>? = nil, ifMatch: ETag? = nil, into destination: ResponseDestination,
    onBodyReceived: (@Sendable (Int64) -> Void)? = nil
  ) async throws(S3Error) -> ObjectBody {
    var request = S3Request(.getObject, .get, key)
    request.destination = destination
    request.onBodyReceived = onBodyReceived
    if let ifMatch { request.headers.append("if-match", ifMatch.quoted) }
    if let range {
      guard !range.isEmpty, range.lowerBound >= 0 else {
        throw invalidRequest(.getObject, key, "the range \(range) holds no byte")
      }
      request.headers.append("range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
    } else {
      request.headers.append("x-amz-checksum-mode", "ENABLED")
    }
    return try await send(request) { (response) throws(AnswerFailure) in
      let size = try S3Client.size(of: response, asked: range)
      return ObjectBody(
        head: ObjectHead(size: size, headers: response.headers, isPartial: response.status == 206),
        bytes: response.body, length: response.bodyLength)
    }
  }

  /// The size of the whole object, after checking that the answer holds what was asked for and all of it.
  private static func size(of response: HTTPResponse, asked range: Range<Int64>?) throws(AnswerFailure) -> Int64 {
    if response.status == 206 {
      guard let range, let text = response.headers["content-range"], let content = ContentRange(text) else {
        throw .invalid("a partial answer without a range, or without a valid Content-Range")
      }
      guard content.range == range.clamped(to: 0..<content.size), !content.range.isEmpty,
        response.bodyLength == content.range.upperBound - content.range.lowerBound
      else { throw .invalid("the store sent other bytes than the range asked for") }
      return content.size
    }
    if let length = response.headers["content-length"] {
      guard Decimal.parse(length) == response.bodyLength else {
        throw .invalid("the store sent another number of bytes than its Content-Length")
      }
    }
    if let range {
      // A store may answer a range that covers the object with all of it; more than that is none of ours.
      guard range.lowerBound == 0, response.bodyLength <= range.upperBound else {
        throw .invalid("the store ignored the range asked for")
      }
    }
    return response.bodyLength
  }
}
