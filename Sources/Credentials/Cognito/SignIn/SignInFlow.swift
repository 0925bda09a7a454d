// SPDX-License-Identifier: Apache-2.0
//
// The conversation of a sign-in: what to send or to ask next, from what the user pool answered or the user said. A pure value,
// event in, action out; passwords and proofs are none of its business, whoever carries out the actions adds them.
//
//   begin ─► initiate ─► PASSWORD_VERIFIER ─► prove ─► tokens, or one of
//     NEW_PASSWORD_REQUIRED    ask for it, at most three times, send it
//     SMS_MFA, EMAIL_OTP, …    ask for the code, at most three times, send it
//     SELECT_MFA_TYPE          take the option, the only choice, or ask
//     MFA_SETUP                get a secret, show it, ask for its first code, verify it, go on
//   each of which the pool answers with tokens or another of them. Anything else is refused in words.

struct SignInFlow: Sendable {
  enum Event: Sendable {
    case begin
    case answered(PoolAnswer)
    case refused(ServiceFailure)
    /// A secret for the user's app.
    case tokenIssued(secret: String, session: String?)
    case tokenVerified(session: String?)
    /// A code or a choice.
    case said(String)
    /// A new password, which whoever carries out the next action has.
    case chosePassword
    /// Nobody answers.
    case silent
  }

  enum Action: Sendable, Equatable {
    /// Send the name, and the password or the public key.
    case initiate
    /// Answer `PASSWORD_VERIFIER` with the proof.
    case prove(SRPClient.Challenge, session: String?)
    case respond(String, [String: String], session: String?)
    /// Answer `NEW_PASSWORD_REQUIRED` with these and `NEW_PASSWORD`.
    case setPassword([String: String], session: String?)
    case associateToken(session: String?)
    case verifyToken(session: String?, code: String)
    case ask(SignInQuestion)
    case finish
    case fail(CredentialsError)
  }

  enum Step: Sendable, Equatable {
    case start
    case proof
    case newPassword([String: String], session: String?)
    case code(SecondFactor, challenge: String, destination: String?, session: String?)
    case choice([SecondFactor: String], session: String?)
    case setUp(session: String?)
    case firstCode(secret: String, session: String?)
    case setUpDone
  }

  static let tries = 3
  /// More questions than any pool has: an end for one that asks the same for ever.
  private static let mostChallenges = 12

  let options: SignInOptions
  /// As the pool calls the user.
  private(set) var userID: String
  private(set) var step = Step.start
  private var attempts = 0
  /// Of what the user said last in this step.
  private var refusal: ServiceFailure?
  private var challenges = 0

  init(user: String, options: SignInOptions) {
    userID = user
    self.options = options
  }

  mutating func handle(_ event: Event) -> Action {
    switch event {
    case .begin: return .initiate
    case .answered(let answer): return take(answer)
    case .refused(let failure): return refuse(failure)
    case .tokenIssued(let secret, let session):
      return enter(.firstCode(secret: secret, session: session), .ask(.firstCode(secret: secret, isAgain: false)))
    case .tokenVerified(let session):
      return enter(.setUpDone, .respond("MFA_SETUP", ["USERNAME": userID], session: session))
    case .said(let words): return say(words)
    case .chosePassword:
      guard case .newPassword(let responses, let session) = step else { return .fail(SignInFailure.confused) }
      return .setPassword(responses, session: session)
    case .silent:
      if let refusal { return .fail(SignInFailure.refusal(refusal, at: step, flow: options.flow)) }
      return .fail(SignInFailure.silence(step))
    }
  }

  // MARK: Challenges

  private mutating func take(_ answer: PoolAnswer) -> Action {
    if answer.tokens != nil { return .finish }
    challenges += 1
    guard let challenge = answer.challenge, challenges <= SignInFlow.mostChallenges else {
      return .fail(SignInFailure.confused)
    }
    let parameters = answer.parameters ?? [:]
    if let name = parameters["USER_ID_FOR_SRP"] ?? parameters["USERNAME"], !name.isEmpty { userID = name }
    switch challenge {
    case "PASSWORD_VERIFIER":
      guard let salt = parameters["SALT"], let key = parameters["SRP_B"], let block = parameters["SECRET_BLOCK"] else {
        return .fail(SignInFailure.confused)
      }
      return enter(
        .proof,
        .prove(
          SRPClient.Challenge(userID: userID, salt: salt, serverKey: key, secretBlock: block), session: answer.session))
    case "NEW_PASSWORD_REQUIRED": return newPassword(parameters, answer.session)
    case "SELECT_MFA_TYPE": return choose(parameters, answer.session)
    case "MFA_SETUP":
      let kinds = SignInFlow.list(parameters["MFAS_CAN_SETUP"])
      guard kinds.isEmpty || kinds.contains("SOFTWARE_TOKEN_MFA") else {
        return .fail(SignInFailure.cannotSetUp(kinds))
      }
      return enter(.setUp(session: answer.session), .associateToken(session: answer.session))
    default:
      guard let factor = SecondFactor(challenge: challenge) else { return .fail(SignInFailure.unknown(challenge)) }
      let destination = parameters["CODE_DELIVERY_DESTINATION"]
      return enter(
        .code(factor, challenge: challenge, destination: destination, session: answer.session),
        .ask(.code(factor, destination: destination, isAgain: false)))
    }
  }

  private mutating func newPassword(_ parameters: [String: String], _ session: String?) -> Action {
    let prefix = "userAttributes."
    let required = SignInFlow.list(parameters["requiredAttributes"]).map {
      $0.hasPrefix(prefix) ? String($0.dropFirst(prefix.count)) : $0
    }
    let missing = required.filter { options.attributes[$0] == nil }.sorted()
    guard missing.isEmpty else { return .fail(SignInFailure.missing(missing)) }
    var responses = ["USERNAME": userID]
    for (name, value) in options.attributes { responses[prefix + name] = value }
    return enter(.newPassword(responses, session: session), .ask(.newPassword(refusal: nil)))
  }

  private mutating func choose(_ parameters: [String: String], _ session: String?) -> Action {
    var choices: [SecondFactor: String] = [:]
    let names = SignInFlow.list(parameters["MFAS_CAN_CHOOSE"])
    for name in names { if let factor = SecondFactor(challenge: name) { choices[factor] = name } }
    guard !choices.isEmpty else { return .fail(SignInFailure.unknown("SELECT_MFA_TYPE")) }
    let known = SecondFactor.allCases.filter { choices[$0] != nil }
    step = .choice(choices, session: session)
    attempts = 0
    if let factor = options.factor { return pick(factor) ?? .fail(SignInFailure.noSuchFactor(factor, known)) }
    return known.count == 1 ? pick(known[0]) ?? .fail(SignInFailure.confused) : .ask(.factor(known))
  }

  private func pick(_ factor: SecondFactor) -> Action? {
    guard case .choice(let choices, let session) = step, let name = choices[factor] else { return nil }
    return .respond("SELECT_MFA_TYPE", ["USERNAME": userID, "ANSWER": name], session: session)
  }

  // MARK: The user's words

  private mutating func say(_ words: String) -> Action {
    switch step {
    case .code(let factor, let challenge, _, let session):
      return .respond(challenge, ["USERNAME": userID, SignInFlow.codeName(factor, challenge): words], session: session)
    case .firstCode(_, let session): return .verifyToken(session: session, code: words)
    case .choice(let choices, _):
      if let action = SecondFactor(rawValue: words.lowercased()).flatMap(pick) { return action }
      attempts += 1
      let known = SecondFactor.allCases.filter { choices[$0] != nil }
      return attempts < SignInFlow.tries ? .ask(.factor(known)) : .fail(SignInFailure.noChoice(known))
    case .start, .proof, .newPassword, .setUp, .setUpDone: return .fail(SignInFailure.confused)
    }
  }

  private static func codeName(_ factor: SecondFactor, _ challenge: String) -> String {
    switch factor {
    case .totp: "SOFTWARE_TOKEN_MFA_CODE"
    case .email: "EMAIL_OTP_CODE"
    case .sms: challenge == "SMS_OTP" ? "SMS_OTP_CODE" : "SMS_MFA_CODE"
    }
  }

  // MARK: Refusals

  private mutating func refuse(_ failure: ServiceFailure) -> Action {
    attempts += 1
    refusal = failure
    if attempts < SignInFlow.tries {
      switch (step, failure.code) {
      case (.newPassword, "InvalidPasswordException"), (.newPassword, "PasswordHistoryPolicyViolationException"):
        return .ask(.newPassword(refusal: failure.message))
      case (.code(let factor, _, let destination, _), "CodeMismatchException"):
        return .ask(.code(factor, destination: destination, isAgain: true))
      case (.firstCode(let secret, _), "EnableSoftwareTokenMFAException"),
        (.firstCode(let secret, _), "CodeMismatchException"):
        return .ask(.firstCode(secret: secret, isAgain: true))
      default: break
      }
    }
    return .fail(SignInFailure.refusal(failure, at: step, flow: options.flow))
  }

  private mutating func enter(_ step: Step, _ action: Action) -> Action {
    self.step = step
    attempts = 0
    refusal = nil
    return action
  }

  /// A list of texts, which user pools send as JSON in a text.
  private static func list(_ text: String?) -> [String] { text.flatMap(JSONText.strings) ?? [] }
}
