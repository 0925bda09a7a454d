// SPDX-License-Identifier: Apache-2.0

/// The names of errors that must be told apart: those of AppSync and DynamoDB (AppSync Developer Guide, "Common errors";
/// amplify-swift, AppSyncErrorType).
enum AppSyncErrorName {
  /// Without the source: `DynamoDB:…`, `com.amazonaws.…#…`; without what follows a colon; empty for none.
  static func of(_ type: String?) -> String {
    let last = type?.split(separator: "#").last ?? ""
    let parts = last.split(separator: ":")
    return String((parts.first == "DynamoDB" || parts.first == "Lambda" ? parts.dropFirst().first : parts.first) ?? "")
  }

  static let conditions: Set = [
    "ConditionalCheckFailedException", "ConditionalCheckFailed", "ConflictUnhandled",
  ]

  /// Nothing was done, and later it may be.
  private static let busy: Set = [
    "TooManyRequestsException", "LimitExceededException", "ProvisionedThroughputExceededException",
    "RequestLimitExceeded", "TransactionConflictException",
  ]

  /// Nobody knows what was done.
  static let broken: Set = [
    "InternalFailure", "InternalFailureException", "InternalServerError", "InternalServerErrorException",
    "InternalServiceError", "ServiceUnavailable", "ServiceUnavailableException", "ExecutionTimeout",
    "ExecutionTimeoutException",
  ]

  private static let refusals: Set = [
    "AccessDeniedException", "NotAuthorizedException", "UnrecognizedClientException", "InvalidSignatureException",
    "MissingAuthenticationTokenException", "IncompleteSignatureException", "ExpiredTokenException", "ExpiredToken",
  ]

  static let expired: Set = [
    "ExpiredTokenException", "ExpiredToken", "RequestExpired", "TokenRefreshRequired", "UnrecognizedClientException",
  ]

  static func isBusy(_ name: String) -> Bool { busy.contains(name) || name.hasPrefix("Throttl") }

  static func isRefusal(_ name: String) -> Bool { name.hasPrefix("Unauthorized") || refusals.contains(name) }
}
