// SPDX-License-Identifier: Apache-2.0
//
// Answers the questions of a sign-in: with what the options say, once each, else by asking at the terminal.

import Credentials
import Dispatch
import Locking

final class TerminalDialogue: SignInDialogue {
  private struct Answers {
    var code: Secret?
    var newPassword: Secret?
  }

  private let answers: Lock<Answers>
  private let queue = DispatchQueue(label: "pail.terminal")

  private static let tries = 3

  init(code: Secret?, newPassword: Secret?) {
    answers = Lock(Answers(code: code, newPassword: newPassword))
  }

  func answer(_ question: SignInQuestion) async throws(CredentialsError) -> Secret? {
    switch question {
    case .code:
      if let code = answers.withLock({ $0.code.take() }) { return code }
    case .newPassword:
      if let password = answers.withLock({ $0.newPassword.take() }) { return password }
    case .factor, .firstCode: break
    }
    let result: Result<Secret?, CommandFailure> = await withCheckedContinuation { continuation in
      queue.async {
        do throws(CommandFailure) {
          continuation.resume(returning: .success(try TerminalDialogue.ask(question)))
        } catch {
          continuation.resume(returning: .failure(error))
        }
      }
    }
    do throws(CommandFailure) { return try result.get() } catch { throw CredentialsError(error.description) }
  }

  private static func ask(_ question: SignInQuestion) throws(CommandFailure) -> Secret? {
    switch question {
    case .newPassword(let refusal): return try newPassword(refusal)
    case .code(let factor, let destination, let isAgain):
      let place = destination.map { " to \(ObjectText.printable($0))" } ?? ""
      let again = isAgain ? "That code is wrong. " : ""
      return try TerminalPrompt.ask("\(again)Code from \(factor.words)\(place): ", isSecret: false)
    case .factor(let factors):
      let names = factors.map { "\($0.rawValue) (\($0.words))" }.joined(separator: ", ")
      return try TerminalPrompt.ask("Second factor, one of \(names): ", isSecret: false)
    case .firstCode(let secret, let isAgain):
      let words =
        isAgain
        ? "That code is wrong. Code from the authenticator app: "
        : "A second factor must be set up. Add this key to an authenticator app:\n\n    \(ObjectText.printable(secret))\n\n"
          + "Code from the authenticator app: "
      return try TerminalPrompt.ask(words, isSecret: false)
    }
  }

  private static func newPassword(_ refusal: String?) throws(CommandFailure) -> Secret? {
    TerminalPrompt.show(
      refusal.map { "That password does not do: \(ObjectText.printable($0))." } ?? "A new password is needed.")
    for _ in 0..<tries {
      guard let first = try TerminalPrompt.ask("New password: ", isSecret: true),
        let second = try TerminalPrompt.ask("The same again: ", isSecret: true)
      else { return nil }
      let isSame = first.withBytes { first in second.withBytes { second in first.elementsEqual(second) } }
      if isSame { return first }
      TerminalPrompt.show("These are two different ones.")
    }
    return nil
  }
}
