// SPDX-License-Identifier: Apache-2.0

/// A document that is not the XML an S3 store sends.
package struct XMLError: Error, Equatable, Sendable, CustomStringConvertible {
  package enum Reason: String, Sendable {
    case endedEarly = "the document ends early"
    case malformed = "not well-formed"
    case mismatchedEnd = "an end tag without its start"
    case tooDeep = "elements nested too deeply"
    case doctype = "a document type declaration"
    case entity = "an unknown or invalid entity"
    case tooLong = "a text that is too long"
    case notUTF8 = "a text that is not UTF-8"
    case unexpectedElement = "an unexpected element"
    case missingElement = "an element is missing"
    case invalidValue = "a value that cannot be"
  }

  package let reason: Reason
  /// Bytes from the start of the document.
  package let offset: Int

  package init(_ reason: Reason, at offset: Int) {
    self.reason = reason
    self.offset = offset
  }

  package var description: String { "\(reason.rawValue) at byte \(offset)" }
}
