// SPDX-License-Identifier: Apache-2.0

/// How often and how long a request is tried.
package struct RetryPolicy: Equatable, Sendable {
  /// Attempts in all, the first included. The first expired token is beyond them.
  package var maximumAttempts = 3
  /// Seconds: the wait after failure n is 2^n times this (Amplify: 100 ms).
  package var baseDelay = 0.1
  /// Seconds: a random part of it is added to each wait.
  package var jitter = 0.1
  /// Seconds without progress after which a request with all its retries has ended.
  package var deadline = 55.0
  /// Seconds that the transport may need to connect; they come before the stall timeout of an attempt begins.
  package var connectTimeout = 5.0
  /// Seconds: no attempt begins with less time to stall than this.
  package var minimumAttempt = 2.0

  package init() {}

  /// Sends every request once.
  package static var none: RetryPolicy {
    var policy = RetryPolicy()
    policy.maximumAttempts = 1
    return policy
  }
}
