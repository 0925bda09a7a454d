// SPDX-License-Identifier: Apache-2.0
//
// Exchanges the user's token, or nothing, for an identity and its credentials (Cognito identity pools, enhanced flow).
//
// State: the pin, behind a lock; identities are kept in the record on disk, so that a guest stays the same one and a start needs one
// request; and the token that was refused although it was new, so that a pool that refuses all of them does not cost a refresh each
// time. Any task may call. An identity that the pool does not know any more is replaced, once, unless it is in use already.
// Tokens that the pool refuses are refreshed, once: they may seem valid by a clock that has been set since.
// What can go wrong: refusals of the identity pool, in its words; no answer, which is transient.

import HTTPTransport
import Locking
import SigV4

struct IdentityExchange: Sendable {
  private let settings: CognitoSettings
  private let access: CognitoAccess
  private let session: UserSession
  private let transport: any HTTPTransport
  private let now: @Sendable () -> Int64
  private let pin = Lock(IdentityPin())
  private let refusedToken = Lock<String?>(nil)

  init(
    settings: CognitoSettings, access: CognitoAccess, transport: any HTTPTransport,
    now: @escaping @Sendable () -> Int64
  ) {
    self.settings = settings
    self.access = access
    self.transport = transport
    self.now = now
    session = UserSession(settings: settings, transport: transport, now: now)
  }

  /// Throws when the user as whom this works is not signed in any more.
  func checkUser() async throws(CredentialsError) { _ = try await who() }

  func userTokens() async throws(CredentialsError) -> UserTokens {
    guard let tokens = try await tokens(of: who()) else { throw UserSession.nobody }
    return tokens
  }

  func identity() async throws(CredentialsError) -> CognitoIdentity {
    let pool = try identityPool()
    let tokens = try await tokens(of: who())
    let (identityID, _) = try await identityID(pool, tokens, isFresh: false)
    try pinIdentity(identityID)
    return CognitoIdentity(identityID: identityID, user: tokens?.user)
  }

  func credentials() async throws(CredentialsError) -> AWSCredentials {
    let pool = try identityPool()
    var tokens = try await self.tokens(of: who())
    var hasRefreshed = false
    var (identityID, wasKnown) = try await identityID(pool, tokens, isFresh: false)
    while true {
      let answer: (identity: String, credentials: AWSCredentials)
      do throws(ServiceFailure) {
        answer = try await pool.client.credentials(identity: identityID, logins: logins(tokens))
      } catch {
        if error.code == "NotAuthorizedException", let refused = tokens, mayRefresh(refused, hasRefreshed: hasRefreshed)
        {
          hasRefreshed = true
          tokens = try await own(session.tokens(after: refused), refused.user.sub)
          continue
        }
        // Deleted; or a guest's that has become a user's.
        let isGone =
          error.code == "ResourceNotFoundException" || tokens == nil && error.code == "NotAuthorizedException"
        guard wasKnown, isGone else { throw failure(error) }
        (identityID, wasKnown) = try await self.identityID(pool, tokens, isFresh: true)
        continue
      }
      try pinIdentity(answer.identity)
      if answer.identity != identityID { try await keep(answer.identity, pool, tokens) }
      return tokens.map { byThisClock(answer.credentials, $0) } ?? answer.credentials
    }
  }

  // MARK: Steps

  private struct Pool {
    let id: String
    let client: IdentityPoolClient
  }

  private func identityPool() throws(CredentialsError) -> Pool {
    guard let id = settings.identityPoolID, let endpoint = settings.identityPoolEndpoint else {
      throw CredentialsError(
        "the project's file names no identity pool (auth.identity_pool_id), so nobody gets credentials")
    }
    return Pool(id: id, client: IdentityPoolClient(endpoint: endpoint, transport: transport))
  }

  private func who() async throws(CredentialsError) -> IdentityPin.Who {
    let user = access == .guest ? nil : try await session.user()
    return try pin.withLock { (pin) throws(CredentialsError) in
      try pin.decide(user, access: access, allowsGuests: settings.allowsGuests)
    }
  }

  private func pinIdentity(_ identityID: String) throws(CredentialsError) {
    try pin.withLock { (pin) throws(CredentialsError) in try pin.decide(identityID) }
  }

  /// nil for a guest.
  private func tokens(of who: IdentityPin.Who) async throws(CredentialsError) -> UserTokens? {
    guard case .user(let sub, _) = who else { return nil }
    return try await own(session.tokens(), sub)
  }

  /// Throws when they are another's: somebody may have signed in since it was decided who it is.
  private func own(_ tokens: UserTokens, _ sub: String) async throws(CredentialsError) -> UserTokens {
    if tokens.user.sub == sub { return tokens }
    _ = try await who()
    throw CredentialsError("another user has signed in meanwhile; try again", isTransient: true)
  }

  /// Notes a token that is refused although it has just been issued.
  private func mayRefresh(_ refused: UserTokens, hasRefreshed: Bool) -> Bool {
    refusedToken.withLock { token in
      if hasRefreshed { token = refused.idToken }
      return token != refused.idToken
    }
  }

  /// The pools share a clock, and the tokens tell how far it is ahead of this one. Unless that would have new credentials end
  /// already: then this clock has been set since.
  private func byThisClock(_ credentials: AWSCredentials, _ tokens: UserTokens) -> AWSCredentials {
    guard let expiration = credentials.expiration, expiration - tokens.clockDrift > now() else { return credentials }
    return AWSCredentials(
      accessKeyID: credentials.accessKeyID, secretAccessKey: credentials.secretAccessKey,
      sessionToken: credentials.sessionToken, expiration: expiration - tokens.clockDrift)
  }

  private func logins(_ tokens: UserTokens?) -> IdentityPoolClient.Logins? {
    tokens.map { [settings.loginProvider: $0.idToken] }
  }

  /// The identity that is kept, or one from the pool, which is kept from then on. Two guests that start at once are one guest:
  /// the second waits for the first.
  ///
  /// - Parameter isFresh: asks the pool in any case.
  private func identityID(
    _ pool: Pool, _ tokens: UserTokens?, isFresh: Bool
  ) async throws(CredentialsError) -> (String, wasKnown: Bool) {
    if !isFresh, let known = try await session.store.read().identity(in: pool.id, of: tokens?.user) {
      return (known, true)
    }
    return try await session.store.update { (record) async throws(CredentialsError) -> (String, wasKnown: Bool) in
      if !isFresh, let known = record.identity(in: pool.id, of: tokens?.user) { return (known, true) }
      do throws(ServiceFailure) {
        let identityID = try await pool.client.identity(pool: pool.id, logins: logins(tokens))
        record.setIdentity(identityID, in: pool.id, of: tokens?.user)
        return (identityID, false)
      } catch {
        throw failure(error)
      }
    }
  }

  private func keep(_ identityID: String, _ pool: Pool, _ tokens: UserTokens?) async throws(CredentialsError) {
    try await session.store.update { (record) async throws(CredentialsError) in
      record.setIdentity(identityID, in: pool.id, of: tokens?.user)
    }
  }

  private func failure(_ failure: ServiceFailure) -> CredentialsError {
    CredentialsError("the identity pool: \(failure.sentence)", isTransient: failure.isTransient)
  }
}
