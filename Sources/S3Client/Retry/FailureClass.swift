// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

/// What a failed attempt means for the next one.
package enum FailureClass: Equatable, Sendable {
  /// The same request may succeed: network errors, 429, 5xx, throttling.
  case transient
  /// It was signed with a time that the store does not accept, and its `Date` header tells a better one.
  case clockSkew
  /// Its credentials were refused as expired, and there may be others.
  case expiredCredentials
  /// An answer: trying again cannot change it. 409 and 412 are answers too.
  case final

  /// Classes an answer of the store that is not a success.
  ///
  /// - Parameters:
  ///   - status: the HTTP status, or what ``S3ErrorCode/status(of:)`` says for an error inside a 200.
  ///   - code: the `<Code>`, or nil when the answer had no body (HEAD).
  ///   - signedTimeError: seconds by which the time of the signature differs from the `Date` of the answer; 0 if unknown.
  ///   - hasSessionToken: whether the credentials were temporary.
  ///   - areExpired: whether the credentials say so themselves.
  package static func ofAnswer(
    status: Int, code: String?, signedTimeError: Int64 = 0, hasSessionToken: Bool = false, areExpired: Bool = false
  ) -> FailureClass {
    if let code {
      if S3ErrorCode.expiredCredentials.contains(code) { return .expiredCredentials }
      if S3ErrorCode.clockSkew.contains(code) { return abs(signedTimeError) > skewTolerance ? .clockSkew : .final }
      if S3ErrorCode.isThrottling(code) { return .transient }
    } else if hasSessionToken, status == 400 || (status == 403 && areExpired) {
      // HEAD has no body to say ExpiredToken in; AWS answers 400 then.
      return .expiredCredentials
    }
    // A wrong signature, an expired URL and a HEAD without code can all be a wrong clock; the Date header tells.
    if status == 403, abs(signedTimeError) > skewTolerance { return .clockSkew }
    if status == 429 || (status >= 500 && status != 501) { return .transient }
    return .final
  }

  /// Seconds. S3 accepts 15 minutes; a signature less wrong than this failed for another reason.
  static let skewTolerance: Int64 = 240

  /// Classes an attempt without an answer.
  package static func ofTransport(_ error: TransportError) -> FailureClass { error.isTransient ? .transient : .final }
}
