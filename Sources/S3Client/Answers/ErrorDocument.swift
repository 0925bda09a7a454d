// SPDX-License-Identifier: Apache-2.0

/// The `<Error>` of S3 (S3 API Reference, "REST error responses"); what it says is cut and cleaned for a log line.
package struct ErrorDocument: Equatable, Sendable {
  package var code = ""
  package var message = ""
  package var requestID: String?
  /// Where the bucket is, in an error about a wrong region.
  package var region: String?

  /// nil when the body is no such document, or has no code.
  package init?(_ body: [UInt8]) {
    var document = ErrorDocument()
    do {
      try XMLPullParser.withDocument(body) { (parser, root) throws(XMLError) in
        // STS, IAM and some gateways wrap it: <ErrorResponse><Error>….
        guard root == "Error" || root == "ErrorResponse" else { throw XMLError(.unexpectedElement, at: 0) }
        try document.read(&parser)
      }
    } catch {
      return nil
    }
    guard !document.code.isEmpty else { return nil }
    self = document
  }

  private init() {}

  private mutating func read(_ parser: inout XMLPullParser) throws(XMLError) {
    while let name = try parser.nextChild() {
      switch name {
      case "Code": code = ErrorDocument.clean(try parser.text().string(), limit: 128)
      case "Message": message = ErrorDocument.clean(try parser.text().string(), limit: 1_024)
      case "RequestId", "RequestID": requestID = ErrorDocument.clean(try parser.text().string(), limit: 128)
      case "Region": region = ErrorDocument.clean(try parser.text().string(), limit: 64)
      // The parser's depth limit ends this recursion.
      case "Error": try read(&parser)
      default: try parser.skip()
      }
    }
  }

  /// One line without control characters, of at most `limit` bytes or so.
  static func clean(_ text: String, limit: Int) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      if result.utf8.count >= limit { break }
      result.unicodeScalars.append(scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value) ? " " : scalar)
    }
    return result
  }
}
