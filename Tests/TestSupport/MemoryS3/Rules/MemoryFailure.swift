// SPDX-License-Identifier: Apache-2.0

/// A refusal of the store (S3 API Reference, "Error responses"): what the error document says.
package struct MemoryFailure: Error, Equatable, Sendable {
  package let status: Int
  package let code: String
  package let message: String

  init(_ status: Int, _ code: String, _ message: String) {
    self.status = status
    self.code = code
    self.message = message
  }

  static let noSuchKey = MemoryFailure(404, "NoSuchKey", "The specified key does not exist.")
  static let noSuchBucket = MemoryFailure(404, "NoSuchBucket", "The specified bucket does not exist")
  static let noSuchUpload = MemoryFailure(
    404, "NoSuchUpload", "The specified multipart upload does not exist. It may have been aborted or completed.")
  static let preconditionFailed = MemoryFailure(
    412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold")
  static let notModified = MemoryFailure(304, "NotModified", "Not Modified")
  static let accessDenied = MemoryFailure(403, "AccessDenied", "Access Denied")
  static let malformedXML = MemoryFailure(
    400, "MalformedXML", "The XML you provided was not well-formed or did not validate against our published schema")
  static let invalidRange = MemoryFailure(416, "InvalidRange", "The requested range is not satisfiable")
  static let invalidPart = MemoryFailure(
    400, "InvalidPart", "One or more of the specified parts could not be found, or its entity tag did not match.")
  static let invalidPartOrder = MemoryFailure(
    400, "InvalidPartOrder", "The list of parts was not in ascending order.")
  static let entityTooSmall = MemoryFailure(
    400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size")
  static let badDigest = MemoryFailure(
    400, "BadDigest", "The CRC32 you specified did not match the calculated checksum.")
  static let keyTooLong = MemoryFailure(400, "KeyTooLongError", "Your key is too long")
  static let metadataTooLarge = MemoryFailure(
    400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size")

  static func notImplemented(_ what: String) -> MemoryFailure {
    MemoryFailure(501, "NotImplemented", "\(what) is not implemented")
  }
  static func invalidArgument(_ message: String) -> MemoryFailure { MemoryFailure(400, "InvalidArgument", message) }
  static func invalidRequest(_ message: String) -> MemoryFailure { MemoryFailure(400, "InvalidRequest", message) }
}
