// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

/// What a token says. Its signature is not verified: it came from the user pool over TLS, and nothing is granted for it here;
/// those who grant something, the identity pool and the data service, verify it themselves.
struct TokenClaims: Decodable, Equatable {
  var subject: String
  /// Seconds since 1970.
  var issued: Int64
  var expires: Int64
  var name: String?
  var groups: [String]

  /// nil when the text is no token of a user.
  init?(_ token: String) {
    let parts = token.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 3, let bytes = Base64.decodeURLSafe(parts[1]),
      let claims = try? JSONDecoder().decode(TokenClaims.self, from: Data(bytes))
    else { return nil }
    self = claims
  }

  init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    subject = try values.decode(String.self, forKey: .subject)
    issued = Int64(try TokenClaims.seconds(values, .issued))
    expires = Int64(try TokenClaims.seconds(values, .expires))
    name =
      try values.decodeIfPresent(String.self, forKey: .name)
      ?? values.decodeIfPresent(String.self, forKey: .nameOfAccess)
    groups = try values.decodeIfPresent([String].self, forKey: .groups) ?? []
  }

  private static func seconds(
    _ values: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
  ) throws -> Double {
    let seconds = try values.decode(Double.self, forKey: key)
    guard (0..<1e12).contains(seconds) else {
      throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "no time")
    }
    return seconds
  }

  private enum CodingKeys: String, CodingKey {
    case subject = "sub"
    case issued = "iat"
    case expires = "exp"
    case name = "cognito:username"
    case nameOfAccess = "username"
    case groups = "cognito:groups"
  }
}
