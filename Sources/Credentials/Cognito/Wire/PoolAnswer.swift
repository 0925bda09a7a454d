// SPDX-License-Identifier: Apache-2.0

/// What a user pool answers to `InitiateAuth`, `RespondToAuthChallenge` and `GetTokensFromRefreshToken`.
struct PoolAnswer: Decodable, Sendable {
  /// Tokens, when nothing more is asked.
  struct Tokens: Decodable, Sendable {
    var idToken: String
    var accessToken: String
    /// Absent after a refresh unless the pool rotates them.
    var refreshToken: String?
    var device: Device?

    private enum CodingKeys: String, CodingKey {
      case idToken = "IdToken"
      case accessToken = "AccessToken"
      case refreshToken = "RefreshToken"
      case device = "NewDeviceMetadata"
    }
  }

  /// In pools that remember devices: a refresh must name it.
  struct Device: Decodable, Sendable {
    var key: String?

    private enum CodingKeys: String, CodingKey { case key = "DeviceKey" }
  }

  var challenge: String?
  var parameters: [String: String]?
  var session: String?
  var tokens: Tokens?

  private enum CodingKeys: String, CodingKey {
    case challenge = "ChallengeName"
    case parameters = "ChallengeParameters"
    case session = "Session"
    case tokens = "AuthenticationResult"
  }
}

// So that a log line, a crash report or `dump` cannot show a secret.
extension PoolAnswer: CustomStringConvertible, CustomReflectable {
  var description: String { "PoolAnswer(\(challenge ?? "tokens"))" }
  var customMirror: Mirror { Mirror(self, children: ["challenge": challenge as Any]) }
}

extension PoolAnswer.Tokens: CustomStringConvertible, CustomReflectable {
  var description: String { "Tokens(hidden)" }
  var customMirror: Mirror { Mirror(self, children: EmptyCollection<Mirror.Child>()) }
}
