// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What is kept of a user pool's app client between processes: the tokens of whoever is signed in, and the identities.
struct AuthRecord: Equatable {
  /// Of an identity pool.
  struct Identities: Equatable, Codable {
    /// Used again, so that a guest stays the same.
    var guest: String?
    var user: UserIdentity?
  }

  struct UserIdentity: Equatable, Codable {
    var sub: String
    var id: String
  }

  var tokens: UserTokens?
  /// By the identity pool's id.
  var identities: [String: Identities] = [:]

  /// Whether it would be the same without a file.
  var isEmpty: Bool { tokens == nil && identities.values.allSatisfy { $0 == Identities() } }

  /// The identity of a user, or with nil of the guest.
  func identity(in pool: String, of user: CognitoUser?) -> String? {
    guard let user else { return identities[pool]?.guest }
    return identities[pool]?.user.flatMap { $0.sub == user.sub ? $0.id : nil }
  }

  mutating func setIdentity(_ id: String, in pool: String, of user: CognitoUser?) {
    var known = identities[pool] ?? Identities()
    if let user {
      known.user = UserIdentity(sub: user.sub, id: id)
      // The guest's has become the user's: the next guest is another one.
      if known.guest == id { known.guest = nil }
    } else {
      known.guest = id
    }
    identities[pool] = known
  }

  /// Forgets who is signed in; a guest's identity stays.
  mutating func signOut() {
    tokens = nil
    for pool in identities.keys { identities[pool]?.user = nil }
  }
}

extension AuthRecord {
  private static let version = 1

  private struct File: Codable {
    var version: Int
    var tokens: Tokens?
    /// By the identity pool's id.
    var identities: [String: Identities]?
  }

  private struct Tokens: Codable {
    var id: String
    var access: String
    var refresh: String
    var device: String?
    var clockDrift: Int64
  }

  /// nil when the bytes are no such record.
  init?(_ bytes: [UInt8]) {
    guard let file = try? JSONDecoder().decode(File.self, from: Data(bytes)), file.version == AuthRecord.version else {
      return nil
    }
    if let stored = file.tokens {
      guard stored.clockDrift.magnitude < 1 << 40,
        let tokens = UserTokens(
          idToken: stored.id, accessToken: stored.access, refreshToken: stored.refresh, deviceKey: stored.device,
          clockDrift: stored.clockDrift)
      else { return nil }
      self.tokens = tokens
    }
    identities = file.identities ?? [:]
  }

  var bytes: [UInt8] {
    let stored = tokens.map {
      Tokens(
        id: $0.idToken, access: $0.accessToken, refresh: $0.refreshToken, device: $0.deviceKey,
        clockDrift: $0.clockDrift)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let file = File(version: AuthRecord.version, tokens: stored, identities: identities)
    // Texts and numbers only: nothing that JSON could not hold.
    guard let data = try? encoder.encode(file) else { preconditionFailure("a record is JSON") }
    return [UInt8](data)
  }
}
