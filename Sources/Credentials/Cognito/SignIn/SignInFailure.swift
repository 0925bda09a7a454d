// SPDX-License-Identifier: Apache-2.0

/// The words for a sign-in that failed: cause and remedy, in one line.
enum SignInFailure {
  static let confused = CredentialsError("the user pool answered with something that makes no sense in a sign-in")
  static let wrongPassword = CredentialsError("the user name or the password is wrong")
  static let dishonest = "it sent numbers that prove nothing; is the endpoint the one of the project?"

  static func unknown(_ challenge: String) -> CredentialsError {
    CredentialsError(
      "the user pool asks for \(challenge.prefix(64)), which pail does not know; sign in as a user who is not asked for "
        + "it")
  }

  static func missing(_ attributes: [String]) -> CredentialsError {
    let options = attributes.map { "--attribute \($0)=VALUE" }.joined(separator: " ")
    return CredentialsError("the user pool wants more about the user with the new password: add \(options)")
  }

  static func cannotSetUp(_ kinds: [String]) -> CredentialsError {
    CredentialsError(
      "a second factor must be set up first (\(kinds.joined(separator: ", "))), which pail can do for authenticator apps "
        + "only; sign in to the app itself once")
  }

  static func noSuchFactor(_ factor: SecondFactor, _ known: [SecondFactor]) -> CredentialsError {
    CredentialsError("--mfa \(factor.rawValue) is not among what the user pool offers: \(list(known))")
  }

  static func noChoice(_ known: [SecondFactor]) -> CredentialsError {
    CredentialsError("no second factor was chosen; name one with --mfa: \(list(known))")
  }

  /// Nobody answered.
  static func silence(_ step: SignInFlow.Step) -> CredentialsError {
    switch step {
    case .newPassword:
      return CredentialsError(
        "the user pool wants a new password: sign in on a terminal, or name it with --new-password-file or "
          + "--new-password-fd")
    case .code(let factor, _, _, _):
      return CredentialsError(
        "the user pool wants a code from \(factor.words): sign in on a terminal, or add --code CODE")
    case .choice(let choices, _): return noChoice(SecondFactor.allCases.filter { choices[$0] != nil })
    case .firstCode: return CredentialsError("a second factor must be set up first: sign in on a terminal")
    case .start, .proof, .setUp, .setUpDone: return confused
    }
  }

  /// The pool said no.
  static func refusal(
    _ failure: ServiceFailure, at step: SignInFlow.Step, flow: SignInOptions.Flow
  ) -> CredentialsError {
    switch (failure.code, step) {
    case (nil, _): return CredentialsError("the user pool: \(failure.message)", isTransient: failure.isTransient)
    case ("UserNotFoundException", .start), ("UserNotFoundException", .proof): return wrongPassword
    case ("NotAuthorizedException", .start), ("NotAuthorizedException", .proof):
      return failure.message.hasPrefix("Incorrect username or password") ? wrongPassword : refused(failure)
    case ("CodeMismatchException", _), ("EnableSoftwareTokenMFAException", _):
      return CredentialsError("the code is wrong")
    case ("ExpiredCodeException", _): return CredentialsError("the code has expired; sign in again for another one")
    case ("NotAuthorizedException", _):
      return CredentialsError("\(refused(failure).message); if it took too long, sign in again")
    case ("PasswordResetRequiredException", _):
      return CredentialsError("the password must be reset first, with \"forgot password\" of the app")
    case ("UserNotConfirmedException", _):
      return CredentialsError("the user is not confirmed yet; confirm the sign-up in the app first")
    case ("InvalidPasswordException", _), ("PasswordHistoryPolicyViolationException", _):
      return CredentialsError("the new password does not do: \(failure.message)")
    case ("ResourceNotFoundException", _):
      return CredentialsError(
        "there is no such user pool or app client (\(failure.message)); is the project's file the newest?")
    case ("InvalidParameterException", .start) where failure.message.contains("not enabled"):
      let other = SignInOptions.Flow.allCases.first { $0 != flow } ?? .srp
      return CredentialsError("the app client does not allow this way to sign in; try --flow \(other.rawValue)")
    default: return refused(failure)
    }
  }

  private static func refused(_ failure: ServiceFailure) -> CredentialsError {
    CredentialsError("the user pool refused the sign-in: \(failure.sentence)", isTransient: failure.isTransient)
  }

  private static func list(_ factors: [SecondFactor]) -> String {
    factors.map(\.rawValue).joined(separator: ", ")
  }
}
