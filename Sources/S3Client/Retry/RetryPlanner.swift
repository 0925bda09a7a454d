// SPDX-License-Identifier: Apache-2.0
//
// Decides what follows the failure of an attempt: another one after a wait, or the error.
//
// For: `S3Client.send`, one planner a request. Pure: the time, the random number and the failure come in, a decision goes
// out, so tables test it.
// State: the failures so far, and since when nothing moved. A local variable of one task.
// What can go wrong: nothing; when the time is up or the attempts are used, the decision is to fail.

package struct RetryPlanner: Sendable {
  package enum Decision: Equatable, Sendable {
    /// Try again after so many seconds.
    case retry(after: Double)
    case fail
  }

  private let policy: RetryPolicy
  /// Attempts that failed and count.
  private var failures = 0
  private var hasRefreshedCredentials = false
  /// Seconds since the request began at which a byte last moved.
  private var lastProgress = 0.0

  package init(policy: RetryPolicy) { self.policy = policy }

  /// Decides after a failed attempt.
  ///
  /// - Parameters:
  ///   - elapsed: seconds since the request began.
  ///   - progressAt: seconds from the begin of the request to the last byte that moved; nil when none did.
  ///   - retryAfter: seconds the store asked to wait.
  ///   - random: 0 to 1, for the jitter.
  package mutating func decide(
    after failure: FailureClass, elapsed: Double, progressAt: Double? = nil, retryAfter: Double? = nil, random: Double
  ) -> Decision {
    if let progressAt { lastProgress = max(lastProgress, progressAt) }
    switch failure {
    case .final:
      return .fail
    case .expiredCredentials:
      guard hasRefreshedCredentials else {
        hasRefreshedCredentials = true
        return begins(after: 0, elapsed: elapsed)
      }
      // Others than the first have ended as well, while the request waited for its turn.
      fallthrough
    case .clockSkew:
      failures += 1
      guard failures < policy.maximumAttempts else { return .fail }
      return begins(after: 0, elapsed: elapsed)
    case .transient:
      failures += 1
      guard failures < policy.maximumAttempts else { return .fail }
      // 2^16 × 100 ms is far beyond every deadline; the limit keeps the shift in range.
      let delay = policy.baseDelay * Double(1 << min(failures, 16)) + policy.jitter * random
      return begins(after: max(delay, retryAfter ?? 0), elapsed: elapsed)
    }
  }

  /// The stall timeout of an attempt that begins now, in seconds.
  package func stallTimeout(elapsed: Double, preferred: Double) -> Double {
    max(policy.minimumAttempt, min(preferred, timeToStall(at: elapsed)))
  }

  private func begins(after delay: Double, elapsed: Double) -> Decision {
    timeToStall(at: elapsed + delay) >= policy.minimumAttempt ? .retry(after: delay) : .fail
  }

  private func timeToStall(at elapsed: Double) -> Double {
    lastProgress + policy.deadline - elapsed - policy.connectTimeout
  }
}
