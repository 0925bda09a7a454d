// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTPTransport
import Locking
import TestSupport

@testable import AmplifyOutputs
@testable import Credentials

/// A user pool and an identity pool that answer what a test wants, and tokens that look like theirs.
enum CognitoFixtures {
  static let poolID = "eu-west-1_AbCdEf123"
  static let identityPoolID = "eu-west-1:11112222-3333-4444-5555-666677778888"

  static func token(
    _ sub: String, name: String? = nil, issued: Int64, lifetime: Int64 = 3_600, groups: [String] = []
  ) -> String {
    var claims: [String: Any] = ["sub": sub, "iat": issued, "exp": issued + lifetime]
    claims["cognito:username"] = name ?? "name-of-\(sub)"
    if !groups.isEmpty { claims["cognito:groups"] = groups }
    let payload = (try? JSONSerialization.data(withJSONObject: claims)) ?? Data()
    let text = payload.base64EncodedString().replacingOccurrences(of: "+", with: "-")
      .replacingOccurrences(of: "/", with: "_").replacingOccurrences(of: "=", with: "")
    return "eyJhbGciOiJSUzI1NiJ9.\(text).c2lnbmF0dXJl"
  }

  /// The result of a sign-in or a refresh, as JSON.
  static func result(
    _ sub: String, issued: Int64, lifetime: Int64 = 3_600, groups: [String] = [], refresh: String? = nil
  ) -> String {
    let token = token(sub, issued: issued, lifetime: lifetime, groups: groups)
    let refresh = refresh.map { ", \"RefreshToken\": \"\($0)\"" } ?? ""
    return """
      {"AuthenticationResult": {"IdToken": "\(token)", "AccessToken": "\(token)", "ExpiresIn": \(lifetime)\(refresh)}}
      """
  }

  static func tokens(_ json: String) throws -> PoolAnswer.Tokens {
    let answer = try JSONDecoder().decode(PoolAnswer.self, from: Data(json.utf8))
    guard let tokens = answer.tokens else { throw TestSupportError("no tokens: \(json)") }
    return tokens
  }

  static func failure(_ code: String, _ message: String = "said by the test") -> ScriptedResponse {
    .answer(400, body: Array(#"{"__type": "\#(code)", "message": "\#(message)"}"#.utf8))
  }

  static func answer(_ json: String) -> ScriptedResponse { .answer(body: Array(json.utf8)) }
}

/// The scripted pools, a clock, and a place for what they give.
final class CognitoBench: Sendable {
  let clock = TestClock()
  let home: TestHome
  let server: ScriptedHTTPServer
  let settings: CognitoSettings
  private let script: Lock<@Sendable (String, [String: String]) -> ScriptedResponse>

  init(allowsGuests: Bool = true) throws {
    home = try TestHome()
    let script = Lock<@Sendable (String, [String: String]) -> ScriptedResponse>({ _, _ in .answer(500) })
    self.script = script
    server = try ScriptedHTTPServer { request in
      let operation = request.headers["x-amz-target"]?.split(separator: ".").last.map(String.init) ?? ""
      let body = try? JSONSerialization.jsonObject(with: Data(request.body)) as? [String: Any]
      return script.withLock { $0 }(operation, (body ?? [:]).mapValues { "\($0)" })
    }
    let auth = AmplifyOutputs.Auth(
      region: "eu-west-1", userPoolID: CognitoFixtures.poolID, userPoolClientID: "theclient",
      identityPoolID: CognitoFixtures.identityPoolID, allowsGuests: allowsGuests, groups: [])
    settings = try CognitoSettings(
      auth: auth,
      environment: home.environment(["AWS_ENDPOINT_URL": server.url(""), "XDG_STATE_HOME": home.path("state")]))
  }

  deinit { server.stop() }

  /// From now on the pools answer so: operation, members of the request.
  func answer(_ body: @escaping @Sendable (String, [String: String]) -> ScriptedResponse) {
    script.withLock { $0 = body }
  }

  var operations: [String] {
    server.requests.compactMap { $0.headers["x-amz-target"]?.split(separator: ".").last.map(String.init) }
  }

  func count(_ operation: String) -> Int { operations.filter { $0 == operation }.count }

  var now: @Sendable () -> Int64 { { [clock] in clock.seconds } }

  func session(_ transport: any HTTPTransport = LocalServices.transport) -> UserSession {
    UserSession(settings: settings, transport: transport, now: now)
  }

  func credentials(_ access: CognitoAccess = .automatic) -> CognitoCredentials {
    CognitoCredentials(settings: settings, access: access, transport: LocalServices.transport, now: now)
  }

  /// As if somebody had signed in just now.
  func signIn(_ sub: String = "ada", lifetime: Int64 = 3_600, refresh: String = "refresh-1") async throws {
    let json = CognitoFixtures.result(sub, issued: clock.seconds, lifetime: lifetime, refresh: refresh)
    _ = try await session().begin(CognitoFixtures.tokens(json))
  }
}
