// SPDX-License-Identifier: Apache-2.0

/// Somebody of the user pool.
package struct CognitoUser: Sendable, Equatable {
  /// How the pool calls the user; often an id.
  package let name: String
  /// Never changes.
  package let sub: String
  package let groups: [String]
}

/// What a signed-in user shows to services.
package struct UserTokens: Sendable, Equatable {
  package let user: CognitoUser
  /// For identity pools.
  package let idToken: String
  /// For the data service and the user pool itself.
  package let accessToken: String
  /// When the first of them expires, in seconds since 1970 by the user pool's clock.
  let expires: Int64
  /// How far the user pool's clock is ahead of this machine's, in seconds.
  let clockDrift: Int64
  let refreshToken: String
  let deviceKey: String?

  /// Seconds before their end when they are not used any more.
  static let margin: Int64 = 5

  /// When the first of them expires, in seconds since 1970 by this machine's clock.
  package var expiration: Int64 { expires - clockDrift }

  func areValid(now: Int64) -> Bool { now + clockDrift + UserTokens.margin < expires }
}

// So that a log line, a crash report or `dump` cannot show a secret.
extension UserTokens: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  package var description: String { "UserTokens(\(user.sub), hidden)" }
  package var debugDescription: String { description }
  package var customMirror: Mirror { Mirror(self, children: ["user": user]) }
}

extension UserTokens {
  /// nil when they are no tokens of a user.
  ///
  /// - Parameters:
  ///   - previous: whose refresh token and device go on when the answer has none.
  ///   - now: they have just been issued, so it tells how far the clocks are apart.
  init?(_ tokens: PoolAnswer.Tokens, after previous: UserTokens? = nil, now: Int64) {
    guard let claims = TokenClaims(tokens.idToken), let refreshToken = tokens.refreshToken ?? previous?.refreshToken
    else { return nil }
    self.init(
      idToken: tokens.idToken, accessToken: tokens.accessToken, refreshToken: refreshToken,
      deviceKey: tokens.device?.key ?? previous?.deviceKey, clockDrift: claims.issued - now)
  }

  init?(idToken: String, accessToken: String, refreshToken: String, deviceKey: String?, clockDrift: Int64) {
    guard let claims = TokenClaims(idToken), let access = TokenClaims(accessToken), access.subject == claims.subject
    else { return nil }
    user = CognitoUser(
      name: claims.name ?? access.name ?? claims.subject, sub: claims.subject, groups: claims.groups)
    expires = min(claims.expires, access.expires)
    self.idToken = idToken
    self.accessToken = accessToken
    self.refreshToken = refreshToken
    self.deviceKey = deviceKey
    self.clockDrift = clockDrift
  }
}
