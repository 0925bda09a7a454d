// SPDX-License-Identifier: Apache-2.0

/// The error codes that Pail must tell apart (S3 API Reference, "Error responses"; AWS SDK retry behaviour).
package enum S3ErrorCode {
  // Ours, for what has no code of the store.
  static let transport = "TransportError"
  static let noCredentials = "NoCredentials"
  static let invalidResponse = "InvalidResponse"
  static let invalidRequest = "InvalidRequest"
  static let cancelled = "Cancelled"
  package static let checksumMismatch = "ChecksumMismatch"

  static let expiredCredentials: Set<String> = [
    "ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired",
  ]
  static let clockSkew: Set<String> = ["RequestTimeTooSkewed", "RequestInTheFuture"]

  static func isThrottling(_ code: String) -> Bool {
    if code.hasPrefix("Throttl") || code.hasPrefix("TooManyRequests") { return true }
    return throttling.contains(code)
  }

  private static let throttling: Set<String> = [
    "SlowDown", "SlowDownRead", "SlowDownWrite", "RequestTimeout", "RequestThrottled", "RequestThrottledException",
    "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException", "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException", "EC2ThrottledException", "InternalError", "ServiceUnavailable",
  ]

  /// The status an error stands for that came inside of a 200, where the status line cannot tell: 500 unless known better.
  static func status(of code: String) -> Int {
    switch code {
    case "PreconditionFailed": 412
    case "ConditionalRequestConflict": 409
    case "NoSuchKey", "NoSuchBucket", "NoSuchUpload", "NoSuchVersion": 404
    case "AccessDenied", "SignatureDoesNotMatch", "RequestTimeTooSkewed": 403
    case "InvalidPart", "InvalidPartOrder", "EntityTooSmall", "EntityTooLarge", "BadDigest", "InvalidRequest",
      "InvalidArgument", "ExpiredToken":
      400
    default: 500
    }
  }

  /// The code of an answer without a readable body.
  static func code(of status: Int) -> String {
    switch status {
    case 403: "Forbidden"
    case 404: "NotFound"
    case 412: "PreconditionFailed"
    default: "Status \(status)"
    }
  }
}
