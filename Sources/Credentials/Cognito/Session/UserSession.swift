// SPDX-License-Identifier: Apache-2.0
//
// Who is signed in, with tokens that are valid.
//
// State: the record on disk: another process may sign out, or have refreshed; in memory only how many refreshes are in flight, of
// all sessions, behind a lock. Any task may call. A refresh holds the record's lock from before the request until the answer is on
// disk, and is not cancelled with its caller: a rotated refresh token that is lost signs the user out. For the same reason a
// process that may have begun one calls `settle` before it ends. What can go wrong: nobody is signed in; the user pool says that
// the sign-in is over, and only then are the tokens dropped; no answer, which leaves everything as it is.

package import HTTPTransport
import Locking

package struct UserSession: Sendable {
  package enum SignOut: Sendable, Equatable {
    case nobody
    case done(CognitoUser)
    /// Forgotten here, but the refresh token stays good until it expires.
    case notRevoked(CognitoUser, reason: String)
  }

  let store: TokenStore
  private let pool: UserPoolClient
  private let now: @Sendable () -> Int64
  private static let inFlight = Lock(0)

  package init(settings: CognitoSettings, transport: any HTTPTransport, now: @escaping @Sendable () -> Int64) {
    store = TokenStore(settings)
    pool = UserPoolClient(settings, transport: transport)
    self.now = now
  }

  /// Whoever is signed in; nil when nobody is. Asks nobody but the disk.
  package func user() async throws(CredentialsError) -> CognitoUser? { try await store.read().tokens?.user }

  /// Tokens that are valid for at least five more seconds.
  ///
  /// - Throws: when nobody is signed in, or not any more; as transient, when the user pool does not answer.
  package func tokens() async throws(CredentialsError) -> UserTokens {
    guard let tokens = try await store.read().tokens else { throw UserSession.nobody }
    if tokens.areValid(now: now()) { return tokens }
    return try await refresh(unlike: nil)
  }

  /// Other tokens than these, which a service does not take although by the clock they are valid.
  func tokens(after refused: UserTokens) async throws(CredentialsError) -> UserTokens {
    try await refresh(unlike: refused.idToken)
  }

  /// Blocks the calling thread until no refresh is in flight, or the time is over. Before a process ends.
  package static func settle(seconds: Double) { _ = inFlight.wait(timeout: seconds) { $0 == 0 ? true : nil } }

  static let nobody = CredentialsError("nobody is signed in; run pail auth sign-in")

  /// Throws when tokens could not be kept.
  func prepare() async throws(CredentialsError) { try await store.update { (_) async throws(CredentialsError) in } }

  /// Keeps the tokens of a sign-in, and ends the sign-in before it.
  func begin(_ tokens: PoolAnswer.Tokens) async throws(CredentialsError) -> CognitoUser {
    guard let tokens = UserTokens(tokens, now: now()) else {
      throw CredentialsError("the user pool answered with tokens that are not understood")
    }
    let previous = try await store.update { (record) async throws(CredentialsError) -> UserTokens? in
      let previous = record.tokens
      if previous?.user.sub != tokens.user.sub { record.signOut() }
      record.tokens = tokens
      return previous
    }
    // Nobody has it any more; if this fails it expires by itself.
    if let previous { do { try await pool.revoke(previous.refreshToken) } catch {} }
    return tokens.user
  }

  /// Forgets the tokens, also on a full disk; then revokes the refresh token, while others need not wait.
  package func signOut() async throws(CredentialsError) -> SignOut {
    guard let tokens = try await store.forgetUser() else { return .nobody }
    do throws(ServiceFailure) {
      try await pool.revoke(tokens.refreshToken)
      return .done(tokens.user)
    } catch {
      // It is over already.
      if let code = error.code, UserSession.endCodes.contains(code) { return .done(tokens.user) }
      return .notRevoked(tokens.user, reason: error.sentence)
    }
  }

  private func refresh(unlike refused: String?) async throws(CredentialsError) -> UserTokens {
    UserSession.inFlight.withLock { $0 += 1 }
    return try await Task { () async -> Result<UserTokens, CredentialsError> in
      defer { UserSession.inFlight.withLockAndNotify { $0 -= 1 } }
      do throws(CredentialsError) {
        return .success(try await refreshed(unlike: refused))
      } catch {
        return .failure(error)
      }
    }.value.get()
  }

  private func refreshed(unlike refused: String?) async throws(CredentialsError) -> UserTokens {
    try await store.update { (record) async throws(CredentialsError) -> Result<UserTokens, CredentialsError> in
      guard let tokens = record.tokens else { return .failure(UserSession.nobody) }
      // Another process was faster.
      if tokens.areValid(now: now()), tokens.idToken != refused { return .success(tokens) }
      let answer: PoolAnswer.Tokens
      do throws(ServiceFailure) {
        answer = try await pool.refresh(tokens.refreshToken, deviceKey: tokens.deviceKey)
      } catch {
        guard let code = error.code, UserSession.endCodes.contains(code) else {
          throw CredentialsError("the user pool: \(error.sentence)", isTransient: error.isTransient)
        }
        record.signOut()
        return .failure(
          CredentialsError("\(tokens.user.name) is signed out (\(error.sentence)); run pail auth sign-in"))
      }
      guard let new = UserTokens(answer, after: tokens, now: now()), new.user.sub == tokens.user.sub else {
        throw CredentialsError("the user pool answered with tokens that are not understood")
      }
      record.tokens = new
      return .success(new)
    }.get()
  }

  /// What ends a sign-in (amplify-js, TokenOrchestrator); anything else may pass.
  private static let endCodes: Set = [
    "NotAuthorizedException", "TokenRevokedException", "UserNotFoundException", "PasswordResetRequiredException",
    "UserNotConfirmedException", "RefreshTokenReuseException",
  ]
}
