// SPDX-License-Identifier: Apache-2.0

/// How to sign in, as the user chose beforehand.
package struct SignInOptions: Sendable {
  /// How the password is shown to the user pool.
  package enum Flow: String, Sendable, CaseIterable {
    /// It is proved, not sent (`USER_SRP_AUTH`): what an Amplify project allows.
    case srp
    /// It is sent (`USER_PASSWORD_AUTH`): for pools that move users over from elsewhere.
    case password
  }

  package var flow: Flow
  /// Which second factor, when the pool lets the user choose.
  package var factor: SecondFactor?
  /// Attributes by name, should the pool require some with a new password.
  package var attributes: [String: String]

  package init(flow: Flow = .srp, factor: SecondFactor? = nil, attributes: [String: String] = [:]) {
    self.flow = flow
    self.factor = factor
    self.attributes = attributes
  }
}

/// Where a code comes from.
package enum SecondFactor: String, Sendable, CaseIterable {
  case totp, sms, email

  /// The challenge that asks for a code, and the name of this factor in a choice.
  init?(challenge: String) {
    switch challenge {
    case "SOFTWARE_TOKEN_MFA": self = .totp
    case "SMS_MFA", "SMS_OTP": self = .sms
    case "EMAIL_OTP", "EMAIL_MFA": self = .email
    default: return nil
    }
  }

  package var words: String {
    switch self {
    case .totp: "the authenticator app"
    case .sms: "a text message"
    case .email: "an email"
    }
  }
}

/// What only the user can tell during a sign-in.
package enum SignInQuestion: Sendable, Equatable {
  /// A new password instead of a temporary one; with the pool's words about the one before, when it refused that.
  case newPassword(refusal: String?)
  /// A code; `destination` is where it was sent, masked. `isAgain` after a wrong one.
  case code(SecondFactor, destination: String?, isAgain: Bool)
  /// One of these, in words or by name.
  case factor([SecondFactor])
  /// A code from an app that has been given this secret (base32), which must be set up now.
  case firstCode(secret: String, isAgain: Bool)
}

/// Asks the user.
package protocol SignInDialogue: Sendable {
  /// The answer; nil when there is nobody to ask, or the user does not want to.
  ///
  /// Called from a task: must not block its thread.
  func answer(_ question: SignInQuestion) async throws(CredentialsError) -> Secret?
}
