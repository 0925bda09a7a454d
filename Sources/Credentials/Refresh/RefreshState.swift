// SPDX-License-Identifier: Apache-2.0
//
// When to use, refresh or wait for credentials: the decisions of the cache, without tasks or clock. Every time is in
// seconds since 1970.
//
//   expiry - 300 s ... refresh in the background, use the old ones
//   expiry -  60 s ... callers wait for the refresh
//   expiry         ... the old ones are not used any more
//
// A refresh that fails early changes nothing before the expiry. Attempts that nobody must wait for are ten seconds apart,
// so that a source that is down, or one that hands out credentials about to expire, is not asked once a request.

import SigV4

struct RefreshState {
  enum Action: Equatable {
    case use(AWSCredentials)
    /// Use these, and start a refresh.
    case useAndRefresh(AWSCredentials)
    /// Wait for the refresh; start one if `start`.
    case wait(start: Bool)
  }

  static let earlyRefresh: Int64 = 300
  static let lateRefresh: Int64 = 60
  static let pause: Int64 = 10

  private(set) var current: AWSCredentials?
  private var isRefreshing = false
  private var lastAttempt: Int64?
  private var lastRefusal: Int64?

  /// What a caller should do; marks the refresh that it must start as begun.
  mutating func ask(now: Int64) -> Action {
    guard let current else { return wait(now) }
    guard let expiration = current.expiration else { return .use(current) }
    let remaining = expiration - now
    if remaining <= 0 { return wait(now) }
    if remaining > RefreshState.earlyRefresh { return .use(current) }
    if isRefreshing { return remaining > RefreshState.lateRefresh ? .use(current) : .wait(start: false) }
    // A clock that was set back must not stop refreshes.
    if let lastAttempt, (0..<RefreshState.pause).contains(now - lastAttempt) { return .use(current) }
    if remaining <= RefreshState.lateRefresh { return wait(now) }
    begin(now)
    return .useAndRefresh(current)
  }

  private mutating func wait(_ now: Int64) -> Action {
    if isRefreshing { return .wait(start: false) }
    begin(now)
    return .wait(start: true)
  }

  private mutating func begin(_ now: Int64) {
    isRefreshing = true
    lastAttempt = now
  }

  /// The refresh ended.
  ///
  /// - Returns: what its waiters get.
  mutating func finish(
    _ result: Result<AWSCredentials, CredentialsError>, now: Int64
  ) -> Result<AWSCredentials, CredentialsError> {
    isRefreshing = false
    lastAttempt = now
    let failure: CredentialsError
    switch result {
    case .success(let new) where new.expiration.map({ $0 > now }) ?? true:
      current = new
      return .success(new)
    case .success:
      failure = CredentialsError("the new credentials have expired already; is the clock right?", isTransient: true)
    case .failure(let error): failure = error
    }
    if let current, current.expiration.map({ $0 > now }) ?? true { return .success(current) }
    return .failure(failure)
  }

  /// The store refused these. Ignored when they are not the current ones, and within ten seconds of the last refusal: a source
  /// whose credentials are all refused is not asked once a request. Callers wait for others that are on their way already.
  mutating func invalidate(_ refused: AWSCredentials, now: Int64) {
    guard current == refused else { return }
    if !isRefreshing {
      if let lastRefusal, (0..<RefreshState.pause).contains(now - lastRefusal) { return }
      lastRefusal = now
    }
    current = nil
  }
}
