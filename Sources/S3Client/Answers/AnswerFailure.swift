// SPDX-License-Identifier: Apache-2.0

/// A success that is none: what a decoder found in the body of a 2xx.
package enum AnswerFailure: Error {
  /// The document is an error after all (S3 API Reference, CompleteMultipartUpload and CopyObject: "200 OK … can contain
  /// either a success or an error").
  case hidden(ErrorDocument)
  /// The answer cannot be understood; the text says why.
  case invalid(String)
  /// The store reports another checksum than the bytes have that were sent.
  case otherChecksum

  /// Checks what the store says of the bytes it took; a store that says nothing has checked nothing.
  static func check(_ crc32: UInt32?, _ theirs: UInt32?) throws(AnswerFailure) {
    if let crc32, let theirs, theirs != crc32 { throw .otherChecksum }
  }

  /// Decodes a document, and tells an error document from a broken one.
  static func decode<Result>(
    _ body: [UInt8], root: StaticString,
    _ read: (inout XMLPullParser) throws(XMLError) -> Result
  ) throws(AnswerFailure) -> Result {
    do {
      return try XMLPullParser.withDocument(body, root: root, read)
    } catch {
      if let document = ErrorDocument(body) { throw .hidden(document) }
      throw .invalid("the \(root) is \(error)")
    }
  }
}
