// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

/// The operations of a Cognito user pool that signing in and staying signed in need. No state.
struct UserPoolClient: Sendable {
  private let service: JSONService
  private let clientID: String

  init(_ settings: CognitoSettings, transport: any HTTPTransport) {
    clientID = settings.clientID
    service = JSONService(
      endpoint: settings.userPoolEndpoint, target: "AWSCognitoIdentityProviderService",
      transport: transport)
  }

  func initiate(flow: String, parameters: [String: String]) async throws(ServiceFailure) -> PoolAnswer {
    try await service.call("InitiateAuth", Initiate(ClientId: clientID, AuthFlow: flow, AuthParameters: parameters))
  }

  func respond(
    _ challenge: String, responses: [String: String], session: String?
  ) async throws(ServiceFailure) -> PoolAnswer {
    try await service.call(
      "RespondToAuthChallenge",
      Respond(ClientId: clientID, ChallengeName: challenge, ChallengeResponses: responses, Session: session))
  }

  /// Begins to set up codes from an app; the secret is for the user's app.
  func associateToken(session: String?) async throws(ServiceFailure) -> (secret: String, session: String?) {
    let answer: TokenSecret = try await service.call("AssociateSoftwareToken", Associate(Session: session))
    return (answer.SecretCode, answer.Session)
  }

  /// Ends it with a code from the app; the session goes into the answer to `MFA_SETUP`.
  func verifyToken(session: String?, code: String) async throws(ServiceFailure) -> String? {
    let answer: Verified = try await service.call("VerifySoftwareToken", Verify(Session: session, UserCode: code))
    guard answer.Status == "SUCCESS" else {
      throw ServiceFailure(code: "EnableSoftwareTokenMFAException", message: "the code was not accepted")
    }
    return answer.Session
  }

  /// New tokens for a refresh token, and a new refresh token if the pool rotates them.
  func refresh(_ refreshToken: String, deviceKey: String?) async throws(ServiceFailure) -> PoolAnswer.Tokens {
    let answer: PoolAnswer
    do throws(ServiceFailure) {
      answer = try await service.call(
        "GetTokensFromRefreshToken",
        Refresh(ClientId: clientID, RefreshToken: refreshToken, DeviceKey: deviceKey))
    } catch {
      // Servers that know only the older operation, which rotates nothing.
      guard let code = error.code, UserPoolClient.unknownOperation.contains(code) else { throw error }
      var parameters = ["REFRESH_TOKEN": refreshToken]
      parameters["DEVICE_KEY"] = deviceKey
      answer = try await initiate(flow: "REFRESH_TOKEN_AUTH", parameters: parameters)
    }
    guard let tokens = answer.tokens else { throw ServiceFailure(message: "the answer has no tokens") }
    return tokens
  }

  func revoke(_ refreshToken: String) async throws(ServiceFailure) {
    let _: Nothing = try await service.call("RevokeToken", Revoke(ClientId: clientID, Token: refreshToken))
  }

  private static let unknownOperation: Set = [
    "UnknownOperationException", "InvalidAction", "MissingAuthenticationTokenException",
  ]

  // Named as the documents have them.
  private struct Initiate: Encodable { let ClientId, AuthFlow: String, AuthParameters: [String: String] }
  private struct Respond: Encodable {
    let ClientId, ChallengeName: String
    let ChallengeResponses: [String: String]
    let Session: String?
  }
  private struct Associate: Encodable { let Session: String? }
  private struct TokenSecret: Decodable { let SecretCode: String, Session: String? }
  private struct Verify: Encodable { let Session: String?, UserCode: String }
  private struct Verified: Decodable { let Status, Session: String? }
  private struct Refresh: Encodable { let ClientId, RefreshToken: String, DeviceKey: String? }
  private struct Revoke: Encodable { let ClientId, Token: String }
  private struct Nothing: Decodable {}
}
