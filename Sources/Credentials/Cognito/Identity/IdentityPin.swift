// SPDX-License-Identifier: Apache-2.0

/// As whom one set of credentials works, once that is decided. Pure.
struct IdentityPin: Equatable {
  enum Who: Equatable {
    case guest
    case user(sub: String, name: String)
  }

  private(set) var who: Who?
  private(set) var identityID: String?

  /// Decides at the first call; later checks that the same user is signed in.
  ///
  /// - Parameter user: who is signed in now.
  mutating func decide(_ user: CognitoUser?, access: CognitoAccess, allowsGuests: Bool) throws(CredentialsError) -> Who
  {
    switch who {
    case .guest: return .guest
    case .user(let sub, let name):
      guard let user else { throw CredentialsError("\(name) has signed out; run pail auth sign-in") }
      guard user.sub == sub else {
        throw CredentialsError("\(user.name) has signed in instead of \(name): sign in as \(name), or mount again")
      }
      return .user(sub: sub, name: name)
    case nil: break
    }
    if access != .guest, let user {
      who = .user(sub: user.sub, name: user.name)
      return .user(sub: user.sub, name: user.name)
    }
    if access == .signedIn { throw UserSession.nobody }
    guard allowsGuests else {
      if access == .guest { throw CredentialsError("the project allows no guests; run pail auth sign-in") }
      throw UserSession.nobody
    }
    who = .guest
    return .guest
  }

  /// Decides which identity at the first call; later checks that it is the same.
  mutating func decide(_ identityID: String) throws(CredentialsError) {
    guard let pinned = self.identityID else { return self.identityID = identityID }
    guard pinned == identityID else {
      throw CredentialsError("the identity pool has replaced identity \(pinned) by \(identityID): mount again")
    }
  }
}
