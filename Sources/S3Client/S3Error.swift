// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// A request to the store that failed for good: after its retries, or because retrying cannot help.
package struct S3Error: Error, Sendable {
  /// The `<Code>` of the store ("NoSuchKey"), or one of ours: "TransportError", "NoCredentials", "InvalidResponse", "InvalidRequest",
  /// "ChecksumMismatch", "Cancelled";
  /// for a HEAD, which has no body, "NotFound", "Forbidden", "PreconditionFailed" or "Status NNN".
  package let code: String
  /// One line for a person.
  package let message: String
  /// The HTTP status, or 0 when there was no answer.
  package let status: Int
  package let requestID: String?
  /// "PutObject", …
  package let operation: String
  package let bucket: String
  package let key: ObjectKey?
  /// Set when no answer came.
  package let transport: TransportError?
  /// Of a write: an attempt whose answer was lost, or a 5xx, may have changed the bucket all the same. The write is then
  /// neither done nor undone until somebody looks; `retryingSince` of the write operations does that.
  package let mayHaveTakenEffect: Bool

  package init(
    code: String, message: String, status: Int = 0, requestID: String? = nil, operation: String, bucket: String,
    key: ObjectKey? = nil, transport: TransportError? = nil, mayHaveTakenEffect: Bool = false
  ) {
    self.code = code
    self.message = message
    self.status = status
    self.requestID = requestID
    self.operation = operation
    self.bucket = bucket
    self.key = key
    self.transport = transport
    self.mayHaveTakenEffect = mayHaveTakenEffect
  }
}

extension S3Error {
  /// No such object (nor, for `NoSuchBucket`, bucket).
  package var isNotFound: Bool { status == 404 }
  /// A condition did not hold: 412, or 409 when two conditional writes raced.
  package var isConditionFailure: Bool { status == 412 || code == "ConditionalRequestConflict" }
  /// The store knows the credentials, and that they have ended.
  package var isAboutExpiredCredentials: Bool { S3ErrorCode.expiredCredentials.contains(code) }
  package var isCancelled: Bool { code == "Cancelled" }

  /// The program that waits for the answer was told to stop.
  package static func interrupted(_ operation: String, _ bucket: String, _ key: ObjectKey?) -> S3Error {
    S3Error(
      code: "Cancelled", message: "the program was told to stop", operation: operation, bucket: bucket, key: key)
  }
}

extension S3Error: CustomStringConvertible {
  /// For example "PutObject photos/a.jpg: NoSuchBucket (404): The specified bucket does not exist [request 4442587FB7D0A2F9]".
  package var description: String {
    var text = operation
    if let key { text += " \(key)" }
    text += ": \(code)"
    if status != 0 { text += " (\(status))" }
    text += ": \(message)"
    if let requestID { text += " [request \(requestID)]" }
    return text
  }
}
