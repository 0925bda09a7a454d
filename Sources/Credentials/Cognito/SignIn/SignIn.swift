// SPDX-License-Identifier: Apache-2.0
//
// Carries out a sign-in: does what SignInFlow says, with the password, the proof and the network, and keeps the tokens.
//
// State: none beyond one run; the password is held by the caller's Secret. Any task may call. What can go wrong: see
// SignInFailure; nothing is kept unless the whole conversation ended well.

package import HTTPTransport

package struct SignIn: Sendable {
  private let settings: CognitoSettings
  private let pool: UserPoolClient
  private let session: UserSession
  private let now: @Sendable () -> Int64

  package init(settings: CognitoSettings, transport: any HTTPTransport, now: @escaping @Sendable () -> Int64) {
    self.settings = settings
    self.now = now
    pool = UserPoolClient(settings, transport: transport)
    session = UserSession(settings: settings, transport: transport, now: now)
  }

  /// Signs a user in; the tokens are kept for all processes of this account.
  ///
  /// - Throws: why not, and what to do.
  package func run(
    user: String, password: Secret, options: SignInOptions, dialogue: any SignInDialogue
  ) async throws(CredentialsError) -> CognitoUser {
    // Before the user is asked for anything: where tokens cannot be kept it would be in vain.
    try await session.prepare()
    var flow = SignInFlow(user: user, options: options)
    let key = Secret(randomCount: SRPClient.privateKeyLength)
    var tokens: PoolAnswer.Tokens?
    var event = SignInFlow.Event.begin
    var newPassword: Secret?
    while true {
      let action = flow.handle(event)
      switch action {
      case .finish:
        guard let tokens else { throw SignInFailure.confused }
        return try await session.begin(tokens)
      case .fail(let error): throw error
      case .ask(let question):
        guard let answer = try await dialogue.answer(question), !answer.isEmpty else {
          event = .silent
          continue
        }
        if case .newPassword = question {
          newPassword = answer
          event = .chosePassword
        } else {
          event = .said(answer.text)
        }
      case .initiate, .prove, .respond, .setPassword, .associateToken, .verifyToken:
        do throws(ServiceFailure) {
          event = try await send(
            action, user: user, password: password, newPassword: newPassword, key: key, flow: options.flow)
          if case .answered(let answer) = event { tokens = answer.tokens }
        } catch {
          event = .refused(error)
        }
      }
    }
  }

  private func send(
    _ action: SignInFlow.Action, user: String, password: Secret, newPassword: Secret?, key: Secret,
    flow: SignInOptions.Flow
  ) async throws(ServiceFailure) -> SignInFlow.Event {
    switch action {
    case .initiate:
      switch flow {
      case .srp:
        let publicKey = SRPClient(privateKey: key).publicKeyText
        return .answered(
          try await pool.initiate(flow: "USER_SRP_AUTH", parameters: ["USERNAME": user, "SRP_A": publicKey]))
      case .password:
        return .answered(
          try await pool.initiate(
            flow: "USER_PASSWORD_AUTH", parameters: ["USERNAME": user, "PASSWORD": password.text]))
      }
    case .prove(let challenge, let session):
      let responses = try prove(challenge, password, key)
      return .answered(try await pool.respond("PASSWORD_VERIFIER", responses: responses, session: session))
    case .respond(let challenge, let responses, let session):
      return .answered(try await pool.respond(challenge, responses: responses, session: session))
    case .setPassword(var responses, let session):
      responses["NEW_PASSWORD"] = newPassword?.text
      return .answered(try await pool.respond("NEW_PASSWORD_REQUIRED", responses: responses, session: session))
    case .associateToken(let session):
      let issued = try await pool.associateToken(session: session)
      return .tokenIssued(secret: issued.secret, session: issued.session ?? session)
    case .verifyToken(let session, let code):
      return .tokenVerified(session: try await pool.verifyToken(session: session, code: code) ?? session)
    case .ask, .finish, .fail: return .silent
    }
  }

  private func prove(
    _ challenge: SRPClient.Challenge, _ password: Secret, _ key: Secret
  ) throws(ServiceFailure) -> [String: String] {
    let timestamp = SRPTimestamp.text(now())
    let signature: String
    do throws(SRPClient.Refusal) {
      signature = try SRPClient(privateKey: key).signature(
        challenge, poolName: settings.poolName, password: password, timestamp: timestamp)
    } catch {
      throw ServiceFailure(message: SignInFailure.dishonest)
    }
    return [
      "USERNAME": challenge.userID, "PASSWORD_CLAIM_SECRET_BLOCK": challenge.secretBlock, "TIMESTAMP": timestamp,
      "PASSWORD_CLAIM_SIGNATURE": signature,
    ]
  }
}
