// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Credentials

@Suite("The conversation of a sign-in")
struct SignInFlowTests {
  typealias Event = SignInFlow.Event
  typealias Action = SignInFlow.Action

  private static func challenge(
    _ name: String, _ parameters: [String: String] = [:], session: String? = "s"
  ) -> Event {
    var answer = PoolAnswer()
    (answer.challenge, answer.parameters, answer.session) = (name, parameters, session)
    return .answered(answer)
  }

  private static func refused(_ code: String, _ message: String = "no") -> Event {
    .refused(ServiceFailure(code: code, message: message))
  }

  private static let finished: Event = {
    var answer = PoolAnswer()
    answer.tokens = PoolAnswer.Tokens(idToken: "", accessToken: "")
    return .answered(answer)
  }()

  private static let verifier = challenge(
    "PASSWORD_VERIFIER", ["SALT": "ab", "SRP_B": "cd", "SECRET_BLOCK": "ef", "USER_ID_FOR_SRP": "id"], session: nil)
  private static let proof = Action.prove(
    SRPClient.Challenge(userID: "id", salt: "ab", serverKey: "cd", secretBlock: "ef"), session: nil)

  private static func fail(_ message: String, isTransient: Bool = false) -> Action {
    .fail(CredentialsError(message, isTransient: isTransient))
  }

  struct Conversation: CustomTestStringConvertible, Sendable {
    let name: String
    var options = SignInOptions()
    let turns: [(Event, Action)]

    var testDescription: String { name }
  }

  static let conversations: [Conversation] = [
    Conversation(name: "a password is enough", turns: [(.begin, .initiate), (verifier, proof), (finished, .finish)]),
    Conversation(
      name: "a wrong password",
      turns: [
        (.begin, .initiate), (verifier, proof),
        (
          refused("NotAuthorizedException", "Incorrect username or password."),
          fail("the user name or the password is wrong")
        ),
      ]),
    Conversation(
      name: "a user that does not exist is no other answer than a wrong password",
      turns: [
        (.begin, .initiate), (refused("UserNotFoundException"), fail("the user name or the password is wrong")),
      ]),
    Conversation(
      name: "a disabled user",
      turns: [
        (.begin, .initiate),
        (
          refused("NotAuthorizedException", "User is disabled"),
          fail("the user pool refused the sign-in: NotAuthorizedException: User is disabled")
        ),
      ]),
    Conversation(
      name: "the way is not allowed", options: SignInOptions(flow: .password),
      turns: [
        (.begin, .initiate),
        (
          refused("InvalidParameterException", "USER_PASSWORD_AUTH flow not enabled for this client"),
          fail("the app client does not allow this way to sign in; try --flow srp")
        ),
      ]),
    Conversation(
      name: "no answer",
      turns: [
        (.begin, .initiate),
        (
          .refused(ServiceFailure(message: "no answer: refused", isTransient: true)),
          fail("the user pool: no answer: refused", isTransient: true)
        ),
      ]),
    Conversation(
      name: "a new password, refused once", options: SignInOptions(attributes: ["email": "a@b"]),
      turns: [
        (.begin, .initiate), (verifier, proof),
        (
          challenge("NEW_PASSWORD_REQUIRED", ["requiredAttributes": #"["userAttributes.email"]"#]),
          .ask(.newPassword(refusal: nil))
        ),
        (.chosePassword, .setPassword(["USERNAME": "id", "userAttributes.email": "a@b"], session: "s")),
        (refused("InvalidPasswordException", "too short"), .ask(.newPassword(refusal: "too short"))),
        (.chosePassword, .setPassword(["USERNAME": "id", "userAttributes.email": "a@b"], session: "s")),
        (finished, .finish),
      ]),
    Conversation(
      name: "a new password that nobody gives",
      turns: [
        (.begin, .initiate), (challenge("NEW_PASSWORD_REQUIRED"), .ask(.newPassword(refusal: nil))),
        (
          .silent,
          fail(
            "the user pool wants a new password: sign in on a terminal, or name it with --new-password-file or "
              + "--new-password-fd")
        ),
      ]),
    Conversation(
      name: "a new password that does not do, and nobody to ask for another",
      turns: [
        (.begin, .initiate), (challenge("NEW_PASSWORD_REQUIRED"), .ask(.newPassword(refusal: nil))),
        (.chosePassword, .setPassword(["USERNAME": "typed"], session: "s")),
        (refused("InvalidPasswordException", "too short"), .ask(.newPassword(refusal: "too short"))),
        (.silent, fail("the new password does not do: too short")),
      ]),
    Conversation(
      name: "attributes are missing",
      turns: [
        (.begin, .initiate),
        (
          challenge(
            "NEW_PASSWORD_REQUIRED", ["requiredAttributes": #"["userAttributes.email","userAttributes.birthdate"]"#]),
          fail(
            "the user pool wants more about the user with the new password: add --attribute birthdate=VALUE "
              + "--attribute email=VALUE")
        ),
      ]),
    Conversation(
      name: "codes, wrong twice",
      turns: [
        (.begin, .initiate), (verifier, proof),
        (
          challenge("SMS_MFA", ["CODE_DELIVERY_DESTINATION": "+***9"]),
          .ask(.code(.sms, destination: "+***9", isAgain: false))
        ),
        (.said("1"), .respond("SMS_MFA", ["USERNAME": "id", "SMS_MFA_CODE": "1"], session: "s")),
        (refused("CodeMismatchException"), .ask(.code(.sms, destination: "+***9", isAgain: true))),
        (.said("2"), .respond("SMS_MFA", ["USERNAME": "id", "SMS_MFA_CODE": "2"], session: "s")),
        (refused("CodeMismatchException"), .ask(.code(.sms, destination: "+***9", isAgain: true))),
        (.said("3"), .respond("SMS_MFA", ["USERNAME": "id", "SMS_MFA_CODE": "3"], session: "s")),
        (finished, .finish),
      ]),
    Conversation(
      name: "codes, wrong three times",
      turns: [
        (.begin, .initiate),
        (challenge("SOFTWARE_TOKEN_MFA"), .ask(.code(.totp, destination: nil, isAgain: false))),
        (
          .said("1"),
          .respond("SOFTWARE_TOKEN_MFA", ["USERNAME": "typed", "SOFTWARE_TOKEN_MFA_CODE": "1"], session: "s")
        ),
        (refused("CodeMismatchException"), .ask(.code(.totp, destination: nil, isAgain: true))),
        (
          .said("2"),
          .respond("SOFTWARE_TOKEN_MFA", ["USERNAME": "typed", "SOFTWARE_TOKEN_MFA_CODE": "2"], session: "s")
        ),
        (refused("CodeMismatchException"), .ask(.code(.totp, destination: nil, isAgain: true))),
        (
          .said("3"),
          .respond("SOFTWARE_TOKEN_MFA", ["USERNAME": "typed", "SOFTWARE_TOKEN_MFA_CODE": "3"], session: "s")
        ),
        (refused("CodeMismatchException"), fail("the code is wrong")),
      ]),
    Conversation(
      name: "a code that nobody gives",
      turns: [
        (.begin, .initiate), (challenge("EMAIL_OTP"), .ask(.code(.email, destination: nil, isAgain: false))),
        (.silent, fail("the user pool wants a code from an email: sign in on a terminal, or add --code CODE")),
      ]),
    Conversation(
      name: "a wrong code, and nobody to ask for another",
      turns: [
        (.begin, .initiate), (challenge("EMAIL_OTP"), .ask(.code(.email, destination: nil, isAgain: false))),
        (.said("1"), .respond("EMAIL_OTP", ["USERNAME": "typed", "EMAIL_OTP_CODE": "1"], session: "s")),
        (refused("CodeMismatchException"), .ask(.code(.email, destination: nil, isAgain: true))),
        (.silent, fail("the code is wrong")),
      ]),
    Conversation(
      name: "a choice of factors, by the user",
      turns: [
        (.begin, .initiate),
        (
          challenge("SELECT_MFA_TYPE", ["MFAS_CAN_CHOOSE": #"["SMS_MFA","SOFTWARE_TOKEN_MFA"]"#]),
          .ask(.factor([.totp, .sms]))
        ),
        (.said("pigeon"), .ask(.factor([.totp, .sms]))),
        (
          .said("TOTP"),
          .respond("SELECT_MFA_TYPE", ["USERNAME": "typed", "ANSWER": "SOFTWARE_TOKEN_MFA"], session: "s")
        ),
        (
          challenge("SOFTWARE_TOKEN_MFA", session: "t"), .ask(.code(.totp, destination: nil, isAgain: false))
        ),
      ]),
    Conversation(
      name: "a choice of factors, by an option", options: SignInOptions(factor: .email),
      turns: [
        (.begin, .initiate),
        (
          challenge("SELECT_MFA_TYPE", ["MFAS_CAN_CHOOSE": #"["EMAIL_OTP","SOFTWARE_TOKEN_MFA"]"#]),
          .respond("SELECT_MFA_TYPE", ["USERNAME": "typed", "ANSWER": "EMAIL_OTP"], session: "s")
        ),
        (
          challenge("SELECT_MFA_TYPE", ["MFAS_CAN_CHOOSE": #"["SMS_MFA","SOFTWARE_TOKEN_MFA"]"#]),
          fail("--mfa email is not among what the user pool offers: totp, sms")
        ),
      ]),
    Conversation(
      name: "a factor is set up",
      turns: [
        (.begin, .initiate),
        (
          challenge("MFA_SETUP", ["MFAS_CAN_SETUP": #"["SMS_MFA","SOFTWARE_TOKEN_MFA"]"#]),
          .associateToken(session: "s")
        ),
        (.tokenIssued(secret: "BASE32", session: "t"), .ask(.firstCode(secret: "BASE32", isAgain: false))),
        (.said("1"), .verifyToken(session: "t", code: "1")),
        (refused("EnableSoftwareTokenMFAException"), .ask(.firstCode(secret: "BASE32", isAgain: true))),
        (.said("2"), .verifyToken(session: "t", code: "2")),
        (.tokenVerified(session: "v"), .respond("MFA_SETUP", ["USERNAME": "typed"], session: "v")),
        (finished, .finish),
      ]),
    Conversation(
      name: "a factor that cannot be set up here",
      turns: [
        (.begin, .initiate),
        (
          challenge("MFA_SETUP", ["MFAS_CAN_SETUP": #"["SMS_MFA"]"#]),
          fail(
            "a second factor must be set up first (SMS_MFA), which pail can do for authenticator apps only; sign in to "
              + "the app itself once")
        ),
      ]),
    Conversation(
      name: "something unknown",
      turns: [
        (.begin, .initiate),
        (
          challenge("CUSTOM_CHALLENGE"),
          fail(
            "the user pool asks for CUSTOM_CHALLENGE, which pail does not know; sign in as a user who is not asked for it"
          )
        ),
      ]),
    Conversation(
      name: "an answer without sense",
      turns: [
        (.begin, .initiate),
        (
          challenge("PASSWORD_VERIFIER", ["SALT": "ab"]),
          fail("the user pool answered with something that makes no sense in a sign-in")
        ),
      ]),
  ]

  @Test("goes as the table says", arguments: conversations)
  func table(conversation: Conversation) {
    var flow = SignInFlow(user: "typed", options: conversation.options)
    for (event, action) in conversation.turns { #expect(flow.handle(event) == action) }
  }

  @Test("ends also when the pool asks the same for ever")
  func endless() {
    var flow = SignInFlow(user: "u", options: SignInOptions())
    _ = flow.handle(.begin)
    var actions = 0
    while case .ask = flow.handle(Self.challenge("SMS_MFA")) { actions += 1 }
    #expect(actions < 20)
  }
}
